"""Files come with a report and with every step, are what they say, and go out only to be saved, to
whoever may see them.
"""

import datetime
import io
import os
import time
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from crm.errors import Invalid
from tests.cast import record_visit
from tests.orders import with_worker
from tests.pictures import GPS, jpeg_with_position, png_of
from tests.steps import go, register
from tests.uploads import bomb, compound, document, docx, package, pdf
from visits.attachments.documents import harmless_name
from visits.attachments.parsing import Unfit
from visits.attachments.parsing.documents import look_into
from visits.attachments.services import MOST_AT_ONCE, attachment_keep, sweep_attachments
from visits.models import Attachment, Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_user(as_user):
    """Everybody works beside a worker."""
    return lambda user: with_worker(as_user(user))


def sent(client, form_uid, file):
    return client.post(reverse("attachment_upload", args=[form_uid]), {"file": file})


def report(cast, client, files=(), **values):
    """The report form as a browser without scripts sends it."""
    typed = {
        "uid": str(uuid.uuid4()),
        "title": "门口停车难",
        "urgency": "normal",
        "files_of": str(uuid.uuid4()),
        **values,
    }
    return client.post(
        reverse("problem_create", args=[cast.semir.uid]), {**typed, "files": list(files)}
    )


def body(answer):
    return b"".join(answer.streaming_content)


# --- what is taken ---
GOOD = {
    "合同.pdf": lambda: pdf().read(),
    "说明.docx": docx,
    "台账.xlsx": lambda: package({"xl/workbook.xml": b"<workbook/>"}),
    "公文.ofd": lambda: package({"OFD.xml": b"<ofd:OFD/>"}),
    "旧文.doc": lambda: compound("WordDocument"),
    "旧文.wps": lambda: compound("WordDocument"),
    "旧表.xls": lambda: compound("Workbook"),
    "旧表.et": lambda: compound("Book"),
    "记录.txt": lambda: "停车难".encode("gb18030"),
    "清单.csv": lambda: "企业,问题\n森马,停车".encode("utf-8-sig"),
}


@pytest.mark.parametrize("name", GOOD)
def test_documents_are_kept_as_they_are_and_handed_out_to_be_saved(cast, as_user, name):
    client, content = as_user(cast.li), GOOD[name]()
    assert sent(client, uuid.uuid4(), document(name, content)).status_code == 200
    attachment = Attachment.objects.get()
    answer = client.get(reverse("attachment", args=[attachment.uid]))
    assert body(answer) == content and attachment.name == name
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    assert answer["Content-Type"] == attachment.media_type and "html" not in answer["Content-Type"]
    assert name.split(".")[0] not in attachment.file


BAD = {
    "html": ("合同.pdf", b"<!doctype html><script>alert(1)</script>"),
    "empty": ("空.pdf", b""),
    "script": ("画.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
    "page": ("页.html", b"<p>%PDF-"),
    "program": ("记录.txt", b"MZ\x90\0\x03\0\0\0" + b"\0" * 64),
    "pdf as picture": ("图.jpg", b"%PDF-1.7 no picture"),
    "installer": ("装.msi", compound("WordDocument")),
    "archive": ("包.zip", package({"a.txt": b"a"})),
    "no ending": ("说明", b"text"),
}
#: What only shows when somebody looks into it.
BAD_INSIDE = {
    "zip as docx": ("说明.docx", package({"a.txt": b"a"})),
    "xlsx as docx": ("说明.docx", package({"xl/workbook.xml": b""})),
    "broken docx": ("说明.docx", docx()[:60]),
    "doc as xls": ("表.xls", compound("WordDocument")),
    "macros": ("说明.docx", docx({"word/vbaProject.bin": b"x"})),
    "old macros": ("旧.doc", compound("WordDocument") + compound("_VBA_PROJECT")),
    "no letters": ("记录.txt", b"\xff\xfe\xff" * 9),
    "program further down": ("记录.txt", b"a" * 9000 + b"\0"),
    "broken picture": ("图.jpg", b"\xff\xd8\xff\xe0" + b"?" * 400),
    "unpacks": ("说明.docx", bomb()),
    "pixels": ("图.png", png_of((10_000, 10_000)).read()),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_what_it_says_is_refused_by_name(cast, as_user, kind, settings):
    name, content = BAD[kind]
    answer = sent(as_user(cast.li), uuid.uuid4(), document(name, content))
    assert answer.status_code == 422 and name in answer.content.decode()
    assert not Attachment.objects.exists() and not [*settings.MEDIA_ROOT.glob("*/*/*")]


@pytest.mark.parametrize("kind", BAD_INSIDE)
def test_what_shows_inside_is_seen_as_refused_by_name_and_handed_to_nobody(
    cast, as_user, kind, settings
):
    name, content = BAD_INSIDE[kind]
    client, form_uid = as_user(cast.li), uuid.uuid4()
    assert (
        len(content) < 2**20 and sent(client, form_uid, document(name, content)).status_code == 200
    )
    row = Attachment.objects.get()
    assert (
        row.is_refused
        and name in row.why_refused
        and not [*settings.MEDIA_ROOT.glob("attachments/*/*")]
    )
    assert {"unpacks": "150", "pixels": "100", "macros": "宏", "old macros": "宏"}.get(
        kind, name
    ) in row.why_refused
    for address in (
        reverse("attachment", args=[row.uid]),
        reverse("attachment_picture", args=[row.uid, "large"]),
    ):
        assert client.get(address).status_code == 404
    # The form comes back with it, and it comes along.
    answer = report(cast, client, files_of=str(form_uid), title="")
    assert row.why_refused in answer.content.decode()
    report(cast, client, files_of=str(form_uid))
    page = client.get(reverse("problem_detail", args=[Problem.objects.get().uid])).content.decode()
    assert row.why_refused in page and reverse("attachment", args=[row.uid]) + '"' not in page
    drop = reverse("attachment_drop", args=[row.uid])
    assert as_user(cast.wu).post(drop).status_code == 404
    assert client.post(drop).status_code == 302 and not Attachment.objects.exists()


def test_a_document_that_lies_about_its_size_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("visits.attachments.parsing.documents.MOST_UNPACKED", 1000)
    lying = bytearray(docx({"word/big.xml": b"a" * 5000}))
    place = lying.rindex(b"PK\x01\x02", 0, lying.rindex(b"word/big.xml"))
    lying[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "a"
    path.write_bytes(lying)
    with pytest.raises(Unfit):
        look_into(str(path), "word/document.xml")


def test_a_file_of_more_than_20_mb_is_refused_before_it_is_read(cast):
    class Large(io.BytesIO):
        name, size = "大.pdf", 20 * 2**20 + 1

        def read(self, *args):
            raise AssertionError("it was read")

    with pytest.raises(Invalid):
        attachment_keep(form_uid=uuid.uuid4(), upload=Large(), by=cast.li)


def test_a_picture_is_written_anew_as_a_visits_photos_are(cast, as_user):
    client = as_user(cast.li)
    sent(client, uuid.uuid4(), jpeg_with_position("门口.jpeg", size=(3000, 1500)))
    attachment = Attachment.objects.get()
    for address in (
        reverse("attachment", args=[attachment.uid]),
        reverse("attachment_picture", args=[attachment.uid, "large"]),
    ):
        picture = Image.open(io.BytesIO(body(client.get(address))))
        assert picture.size == (1000, 2000) and not picture.getexif().get(GPS)
    assert attachment.name == "门口.jpg" and attachment.is_picture
    assert (
        client.get(reverse("attachment_picture", args=[attachment.uid, "huge"])).status_code == 404
    )


def test_a_document_is_never_shown_as_a_picture(cast, as_user):
    client = as_user(cast.li)
    sent(client, uuid.uuid4(), pdf())
    assert (
        client.get(
            reverse("attachment_picture", args=[Attachment.objects.get().uid, "large"])
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\合同.pdf", "合同.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('"><b>.pdf', "___b_.pdf"),
        ("..", "unnamed"),
    ],
)
def test_a_name_is_text_and_nothing_else(name, kept):
    harmless = harmless_name(name)
    assert harmless == kept or (kept == "unnamed" and harmless and "." not in harmless)


def test_a_name_of_300_characters_keeps_its_ending(cast, as_user):
    sent(as_user(cast.li), uuid.uuid4(), pdf("长" * 200 + ".pdf"))
    assert (
        len(Attachment.objects.get().name) == 100 == len(harmless_name("长" * 300 + ".pdf"))
        and harmless_name("长" * 300 + ".pdf")[-4:] == ".pdf"
    )


def test_a_form_takes_ten_files_and_the_same_one_once(cast, as_user):
    client, form_uid = as_user(cast.li), uuid.uuid4()
    for number in (0, 0, *range(MOST_AT_ONCE)):
        assert (
            sent(client, form_uid, pdf(content=b"%PDF-" + bytes([65 + number]))).status_code == 200
        )
    assert Attachment.objects.count() == MOST_AT_ONCE
    assert sent(client, form_uid, pdf(content=b"%PDF-more")).status_code == 422


# --- with a report ---
def test_a_report_brings_its_files(cast, as_user):
    client, form_uid = as_user(cast.li), uuid.uuid4()
    sent(client, form_uid, jpeg_with_position())
    assert report(cast, client, [pdf()], files_of=str(form_uid)).status_code == 302
    problem = Problem.objects.get()
    assert sorted(problem.attachments.values_list("name", "step", "for_enterprise")) == [
        ("合同.pdf", None, False),
        ("门口.jpg", None, False),
    ]
    page = client.get(reverse("problem_detail", args=[problem.uid])).content.decode()
    assert "合同.pdf" in page and "门口.jpg" in page


def test_a_refused_file_loses_nothing_that_was_typed_and_keeps_the_good_ones(cast, as_user):
    client, form_uid, uid = as_user(cast.li), str(uuid.uuid4()), str(uuid.uuid4())
    answer = report(
        cast,
        client,
        [pdf(), document("假.pdf", b"<html>")],
        files_of=form_uid,
        uid=uid,
        description="每天七点半",
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and not Problem.objects.exists()
    assert "假.pdf" in page and "合同.pdf" in page and "每天七点半" in page and form_uid in page
    assert (
        report(cast, client, files_of=form_uid, uid=uid, description="每天七点半").status_code
        == 302
    )
    assert list(Problem.objects.get().attachments.values_list("name", flat=True)) == ["合同.pdf"]


def test_a_form_with_other_faults_keeps_its_files_too(cast, as_user):
    client, form_uid = as_user(cast.li), str(uuid.uuid4())
    answer = report(cast, client, [pdf()], files_of=form_uid, title="")
    assert (
        answer.status_code == 422
        and "合同.pdf" in answer.content.decode()
        and Attachment.objects.get().problem is None
    )


def test_a_report_sent_twice_has_its_files_once(cast, as_user):
    client, uid, form_uid = as_user(cast.li), str(uuid.uuid4()), str(uuid.uuid4())
    for _number in range(2):
        assert report(cast, client, [pdf()], uid=uid, files_of=form_uid).status_code == 302
    assert Problem.objects.get().attachments.count() == 1 == Attachment.objects.count()


def test_a_problem_added_to_a_visit_brings_files(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    typed = {
        "uid": str(uuid.uuid4()),
        "title": "噪声",
        "urgency": "normal",
        "files_of": str(uuid.uuid4()),
        "files": pdf(),
    }
    assert (
        client.post(
            reverse("problem_create", args=[cast.semir.uid]) + f"?visit={visit.uid}", typed
        ).status_code
        == 302
    )
    assert visit.problems.get().attachments.count() == 1


def test_files_of_another_person_are_not_taken_along(cast, as_user):
    form_uid = uuid.uuid4()
    sent(as_user(cast.zhang), form_uid, pdf())
    assert report(cast, as_user(cast.li), files_of=str(form_uid)).status_code == 302
    assert Attachment.objects.get().problem is None
    assert (
        as_user(cast.li).get(reverse("attachment", args=[Attachment.objects.get().uid])).status_code
        == 404
    )


# --- with a step ---
def step(client, problem, verb, **values):
    typed = {
        "version": Problem.objects.get(pk=problem.pk).version,
        "files_of": str(uuid.uuid4()),
        **values,
    }
    return client.post(reverse("problem_step", args=[problem.uid, verb]), typed)


def test_every_step_carries_files(cast, as_user):
    problem, client, form_uid = register(cast), as_user(cast.head), uuid.uuid4()
    assert (
        'name="files"'
        in client.get(reverse("problem_step", args=[problem.uid, "accept"])).content.decode()
    )
    assert (
        step(
            client, problem, "accept", files=[pdf(), jpeg_with_position()], files_of=str(form_uid)
        ).status_code
        == 302
    )
    taken = problem.steps.get(verb="accept")
    assert sorted(taken.attachments.values_list("name", flat=True)) == ["合同.pdf", "门口.jpg"]
    assert step(client, problem, "accept", files=[pdf()], files_of=str(form_uid)).status_code == 409
    assert Attachment.objects.count() == 2


def test_a_step_is_not_taken_while_a_file_is_refused(cast, as_user):
    problem = register(cast)
    answer = step(
        as_user(cast.head), problem, "accept", files=[document("假.pdf", b"x"), pdf()], why="已核实"
    )
    assert (
        answer.status_code == 422
        and "已核实" in answer.content.decode()
        and "假.pdf" in answer.content.decode()
    )
    problem.refresh_from_db()
    assert problem.state == "registered" and Attachment.objects.get().name == "合同.pdf"


def test_a_helping_unit_answers_with_files(cast, as_user):
    problem = go(cast, register(cast), "accept", "assign")
    task = problem.tasks.get()
    typed = {"answer": "已腾出车位", "files_of": str(uuid.uuid4()), "files": pdf()}
    assert (
        as_user(cast.sun)
        .post(reverse("problem_help", args=[problem.uid, task.pk]), typed)
        .status_code
        == 302
    )
    assert problem.steps.get(verb="help").attachments.get().owner == cast.sun


def test_files_are_added_later_as_a_step_of_their_own(cast, as_user):
    problem, client, form_uid = register(cast), as_user(cast.li), str(uuid.uuid4())
    address = reverse("problem_files", args=[problem.uid])
    for _number in range(2):
        assert (
            client.post(
                address, {"files_of": form_uid, "files": pdf(), "why": "补充材料"}
            ).status_code
            == 302
        )
    added = problem.steps.get(verb="attach")
    assert (added.by, added.unit, added.why, added.attachments.count()) == (
        cast.li,
        cast.wuma,
        "补充材料",
        1,
    )
    client.post(address, {"files_of": str(uuid.uuid4())})
    assert problem.steps.filter(verb="attach").count() == 1


def test_files_are_added_by_those_whose_it_is_alone(cast, as_user):
    problem = register(cast)
    for person, status in ((cast.wu, 404), (cast.sun, 404), (cast.head, 302)):
        answer = as_user(person).post(
            reverse("problem_files", args=[problem.uid]),
            {"files_of": str(uuid.uuid4()), "files": pdf()},
        )
        assert answer.status_code == status, person
    assert set(problem.attachments.values_list("owner", flat=True)) == {cast.head.pk}
    assert (
        as_user(cast.li)
        .post(reverse("problem_files", args=[uuid.uuid4()]), {"files": pdf()})
        .status_code
        == 404
    )


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("li", 200),
        ("head", 200),
        ("county_manager", 200),
        ("wu", 404),
        ("sun", 404),
        ("audit_admin", 403),
    ],
)
def test_a_file_is_seen_by_whoever_sees_its_problem(cast, as_user, person, status):
    problem = register(cast)
    as_user(cast.li).post(
        reverse("problem_files", args=[problem.uid]),
        {"files_of": str(uuid.uuid4()), "files": jpeg_with_position()},
    )
    client, attachment = as_user(getattr(cast, person)), problem.attachments.get()
    assert client.get(reverse("attachment", args=[attachment.uid])).status_code == status
    assert (
        client.get(reverse("attachment_picture", args=[attachment.uid, "small"])).status_code
        == status
    )


def test_a_file_of_a_problem_is_not_taken_back(cast, as_user):
    problem, client = register(cast), as_user(cast.li)
    client.post(
        reverse("problem_files", args=[problem.uid]),
        {"files_of": str(uuid.uuid4()), "files": pdf()},
    )
    waiting = sent(client, uuid.uuid4(), pdf()) and Attachment.objects.get(problem=None)
    assert (
        client.post(reverse("attachment_drop", args=[problem.attachments.get().uid])).status_code
        == 409
    )
    assert (
        as_user(cast.zhang).post(reverse("attachment_drop", args=[waiting.uid])).status_code == 404
    )
    assert (
        client.post(reverse("attachment_drop", args=[waiting.uid])).status_code == 200
        and Attachment.objects.count() == 1
    )


def test_a_person_chooses_what_the_enterprise_sees(cast, client, as_user):
    problem, li = register(cast), as_user(cast.li)
    li.post(
        reverse("problem_files", args=[problem.uid]),
        {"files_of": str(uuid.uuid4()), "files": pdf()},
    )
    attachment = problem.attachments.get()
    address = reverse("attachment_show", args=[attachment.uid])
    for typed, shown in (({"shown": "1"}, True), ({}, False)):
        assert li.post(address, typed).status_code == 302
        attachment.refresh_from_db()
        assert attachment.for_enterprise is shown
    assert as_user(cast.wu).post(address, {"shown": "1"}).status_code == 404
    form_uid = uuid.uuid4()
    sent(li, form_uid, pdf("给企业.pdf"))
    waiting = Attachment.objects.get(problem=None)
    report(cast, li, [], files_of=str(form_uid), shown=str(waiting.uid))
    waiting.refresh_from_db()
    assert waiting.for_enterprise


# --- what nobody takes ---
def test_files_that_nobody_takes_are_swept(cast, as_user, settings):
    client = as_user(cast.li)
    sent(client, uuid.uuid4(), pdf("旧.pdf"))
    Attachment.objects.update(created_at=timezone.now() - datetime.timedelta(days=8))
    sent(client, uuid.uuid4(), pdf("新.pdf"))
    report(cast, client, [pdf("已交.pdf")])
    Attachment.objects.filter(name="已交.pdf").update(
        created_at=timezone.now() - datetime.timedelta(days=80)
    )
    stray = settings.MEDIA_ROOT / "attachments/00/stray"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    os.utime(stray, (time.time() - 200_000,) * 2)
    assert sweep_attachments() == 2
    assert (
        set(Attachment.objects.values_list("name", flat=True)) == {"新.pdf", "已交.pdf"}
        and not stray.exists()
    )
    assert len([path for path in settings.MEDIA_ROOT.glob("attachments/*/*")]) == 2
