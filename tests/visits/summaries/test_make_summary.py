"""An officer takes the PDF summary of a visit away."""

import io
import re
import uuid

import pytest
from django.urls import reverse
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from crm.jobs.performing import perform_job
from crm.models import Job
from liaisons.models import Enterprise
from tests.cast import record_visit
from tests.orders import do_waiting, downloaded, ordered, text_of, work
from tests.pictures import jpeg_with_position
from tests.uploads import pdf
from visits.attachments.photos import photo_keep
from visits.models import Summary
from visits.recording.services import visit_change
from visits.summaries import services as verbs
from visits.summaries.content import chinese_day, chinese_number, content_hash
from visits.summaries.read import one_with_facts
from visits.summaries.verify import verdict

pytestmark = pytest.mark.django_db

#: Characters of names, in GB 18030 and beyond the types of official documents.
RARE = "㛃䶮𬭎𫟷𰻝𠮷𫖯𬱖𣗋䲜㙍龘犇堃喆頔祎鿍鿎鿏𫔍𬘭"


def test_one_visits_summary_holds_what_was_recorded(cast, as_user):
    uid = uuid.uuid4()
    photo_keep(visit_uid=uid, upload=jpeg_with_position(), by=cast.li)
    do_waiting()
    visit = record_visit(
        cast,
        cast.li,
        uid=uid,
        notes=f"企业负责人{RARE}介绍情况。<b>不是粗体</b>",
        contact=cast.contact,
        companions=[cast.zhang.officer],
        problems=[{"title": "门口停车难", "urgency": "normal", "category": cast.parking}],
    )
    client = as_user(cast.li)
    job = ordered(client, f"visit={visit.uid}")
    assert job.state == "done", job.message
    pdf = downloaded(client, job)
    text = text_of(pdf)
    assert visit.photos.count() == 1 and "三、现场照片" in text
    for words in (
        "服务走访纪要",
        "温州森马服饰有限公司",
        "91330300MA90000540",
        "小张",
        "（一）门口停车难",
        "林小红（行政经理）",
    ):
        assert words in text, words
    assert f"企业负责人{RARE}介绍情况。<b>不是粗体</b>" in text
    assert "13800001234" not in text and "不是行政检查" in text


def test_the_page_is_that_of_the_standard(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    reader = PdfReader(io.BytesIO(downloaded(client, ordered(client, f"visit={visit.uid}"))))
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    assert (
        reader.metadata.title.startswith("服务走访纪要 温州森马")
        and reader.metadata.author == "五马派出所"
    )
    assert (
        "— 1 —" in reader.pages[0].extract_text()
        and Summary.objects.get().number in reader.pages[0].extract_text()
    )
    assert reader.root_object["/Lang"] == "zh-CN"


def undrawn(pdf):
    """The characters for which no font of the PDF has a drawing: they show as an empty box."""
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in (font.get_object() for font in page["/Resources"]["/Font"].values()):
            described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            embedded = described.get("/FontFile3") or described["/FontFile2"]
            drawings = TTFont(io.BytesIO(embedded.get_object().get_data()))["maxp"].numGlyphs
            words = font["/ToUnicode"].get_data().decode().split("beginbfchar", 1)[-1]
            for glyph, text in re.findall(r"<([0-9a-f]{4})> <([0-9a-f]+)>", words):
                if not 0 < int(glyph, 16) < drawings:
                    yield bytes.fromhex(text).decode("utf-16-be")


def test_every_rare_character_is_drawn(cast, as_user):
    visit, client = record_visit(cast, cast.li, notes=RARE), as_user(cast.li)
    assert not list(undrawn(downloaded(client, ordered(client, f"visit={visit.uid}"))))


@pytest.mark.control
def test_a_character_that_no_font_has_would_be_noticed(cast, as_user):
    visit, client = record_visit(cast, cast.li, notes="\U000323af"), as_user(cast.li)
    assert "\U000323af" in list(undrawn(downloaded(client, ordered(client, f"visit={visit.uid}"))))


def test_the_same_summary_is_offered_again_until_something_changes(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    first, again = ordered(client, f"visit={visit.uid}"), ordered(client, f"visit={visit.uid}")
    assert first == again
    visit_change(row=visit, values={"notes": "改过了"}, version=1, by=cast.li)
    changed = ordered(client, f"visit={visit.uid}")
    assert changed != first
    Enterprise.objects.filter(pk=cast.semir.pk).update(name="温州森马集团有限公司")
    assert ordered(client, f"visit={visit.uid}") not in (first, changed)


def test_a_photo_counts_once_it_is_ready(cast, as_user):
    """A summary made while a photo is checked shows what is there.

    The photo supersedes it when it is ready, a refused one never.
    """
    visit, li = record_visit(cast, cast.li), as_user(cast.li)
    address = reverse("visit_photos", args=[visit.uid])
    for picture, state in (
        (pdf("假.jpg", b"\xff\xd8\xff" + b"?" * 99), "current"),
        (jpeg_with_position(), "superseded"),
    ):
        li.post(address, {"photos": picture})
        content = content_hash(one_with_facts(visit.uid, cast.li))
        job = Job.objects.get(
            uid=li.post(f"{reverse('summary_order')}?visit={visit.uid}")["Location"]
            .rstrip("/")
            .split("/")[-1]
        )
        perform_job(job.pk)
        assert (
            "三、现场照片" not in text_of(downloaded(li, job))
            and verdict(number=job.summary.number).state == "current"
        )
        do_waiting()
        assert verdict(number=job.summary.number).state == state
        assert (content_hash(one_with_facts(visit.uid, cast.li)) != content) == (
            state == "superseded"
        )
    assert "三、现场照片" in text_of(downloaded(li, ordered(li, f"visit={visit.uid}")))


def test_an_order_that_is_under_way_is_not_placed_twice(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    for _press in range(2):
        assert client.post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 302
    assert Job.objects.count() == 1


def test_long_notes_flow_to_further_pages_whole(cast, as_user):
    notes = "\n".join(
        f"第{number}段：" + "企业反映情况较多（逐条记录如下），“僵尸车”长期占道。" * 12
        for number in range(1, 41)
    )
    visit, client = record_visit(cast, cast.li, notes=notes), as_user(cast.li)
    pdf = downloaded(client, ordered(client, f"visit={visit.uid}"))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) > 8 and "— 2 —" in pages[1]
    assert notes.replace("\n", "") in text_of(pdf)
    lines = "\n".join(pages).splitlines()
    assert not [line for line in lines if line[:1] in set("，。、；：？！”’）》】")], (
        "punctuation that closes never begins a line"
    )


def test_a_summary_is_for_the_person_who_ordered_it(cast, as_user):
    visit = record_visit(cast, cast.li)
    job = ordered(as_user(cast.li), f"visit={visit.uid}")
    assert as_user(cast.head).get(reverse("job_file", args=[job.uid])).status_code == 404
    assert as_user(cast.wu).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 404
    assert as_user(cast.li).get(f"{reverse('summary_order')}?visit=none-such").status_code == 404
    assert (
        as_user(cast.audit_admin).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code
        == 403
    )


@pytest.mark.parametrize("stays", [True, False])
def test_who_may_not_see_the_visit_any_more_gets_no_summary(cast, stays):
    job = verbs.summary_order(of="visit", target=record_visit(cast, cast.li), by=cast.head)
    cast.head.unit = cast.wuma if stays else cast.nanmen
    cast.head.save()
    perform_job(job.pk)
    job.refresh_from_db()
    assert job.state == ("done" if stays else "failed") and Summary.objects.exists() == stays


def test_a_worker_killed_at_the_last_moment_costs_nothing(cast, settings, monkeypatch):
    from visits.summaries import work as module

    class Killed(BaseException):
        """What a kill is to the worker: nothing after it is run."""

    def killed(*_arguments):
        raise Killed

    job = verbs.summary_order(of="visit", target=record_visit(cast, cast.li), by=cast.li)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(module, "_place", killed)
        perform_job(job.pk)
    folder = settings.MEDIA_ROOT / "summaries"
    drafts = [path.read_bytes() for path in folder.iterdir()]
    assert len(drafts) == 1 and not Summary.objects.exists()
    Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00:00Z")
    perform_job(job.pk)
    assert [path.name for path in folder.iterdir()] == [
        f"{job.uid}.pdf"
    ] and Summary.objects.count() == 1
    assert (folder / f"{job.uid}.pdf").read_bytes() == drafts[0], (
        "the same visit gives the same bytes under the same number"
    )


def test_a_worker_that_lost_its_lease_leaves_no_trace(cast, settings, monkeypatch):
    visit = record_visit(cast, cast.li)
    job = verbs.summary_order(of="visit", target=visit, by=cast.li)
    from visits.summaries import work as module

    def slow(*args, **kwargs):
        # Another worker has claimed it meanwhile.
        Job.objects.filter(pk=job.pk).update(lease_token=uuid.uuid4())
        return b"%PDF late"

    monkeypatch.setattr(module, "render_pdf", slow)
    perform_job(job.pk)
    assert (
        not Summary.objects.exists()
        and not (settings.MEDIA_ROOT / f"summaries/{job.uid}.pdf").exists()
    )


def test_the_list_shows_how_far_and_asks_again_only_while_needed(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    assert (
        "hx-trigger"
        not in client.get(reverse("summary_list")).content.decode().split('id="summary-poll"')[1]
    )
    client.post(f"{reverse('summary_order')}?visit={visit.uid}")
    assert "every 2s" in client.get(reverse("summary_list")).content.decode()
    job = work(Job.objects.get())
    page = client.get(reverse("summary_list")).content.decode()
    assert (
        "every 2s" not in page
        and reverse("job_file", args=[job.uid]) in page
        and Summary.objects.get().number in page
    )
    assert "森马" not in as_user(cast.head).get(reverse("summary_list")).content.decode()


def test_pictures_and_styles_from_elsewhere_are_never_fetched(cast, tmp_path):
    from crm.documents.pdf import data_only

    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for address in (
        secret.as_uri(),
        "http://127.0.0.1:1/",
        "ftp://127.0.0.1/",
        "https://127.0.0.1/",
    ):
        with pytest.raises(ValueError):
            data_only().fetch(address)


def test_numbers_and_days_are_written_as_documents_write_them(cast):
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]
    assert (
        chinese_day("2026-01-05") == chinese_day(cast.today.replace(2026, 1, 5)) == "2026年1月5日"
    )
