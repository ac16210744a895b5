"""An officer takes the PDF summary of a visit away, and the summaries of a period."""

import io
import re
import uuid
import zipfile

import pytest
from django.urls import reverse
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from crm.errors import IdentityConflict
from crm.jobs import perform_job
from crm.models import Job
from liaisons.models import Enterprise
from tests.cast import record_visit
from tests.pictures import jpeg_with_position
from visits.models import Summary, SummaryVisit
from visits.photos import photo_keep
from visits.summaries.content import chinese_day, chinese_number
from visits.transitions import summaries as verbs
from visits.transitions.visits import visit_change, visit_withdraw

pytestmark = pytest.mark.django_db

#: Characters of names, in GB 18030 and beyond the types of official documents.
RARE = "㛃䶮𬭎𫟷𰻝𠮷𫖯𬱖𣗋䲜㙍龘犇堃喆頔祎鿍鿎鿏𫔍𬘭"


def ordered(client, query="", **sent):
    """Order through the page, do the work, and return the job."""
    answer = client.post(f"{reverse('summary_order')}?{query}", sent)
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.get(uid=answer["Location"].rstrip("/").split("/")[-1])
    return work(job)


def work(job):
    for _round in range(20):
        undone = Job.objects.filter(state="queued").order_by("-pk").values_list("pk", flat=True)
        if not undone:
            break
        for pk in undone:
            perform_job(pk)
    job.refresh_from_db()
    return job


def period(cast, **more):
    return {"unit": cast.wuma.code, "day_from": str(cast.today), "day_to": str(cast.today), "bundle": "pdf", **more}


def downloaded(client, job):
    answer = client.get(reverse("job_file", args=[job.uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def text_of(pdf):
    """All words of a PDF, without spaces, line ends and what stands in the margins."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return re.sub(r"\s", "", "".join(re.sub(r"— \d+ —|验证编号 [0-9A-Z-]{23}", "", page) for page in pages))


def test_one_visits_summary_holds_what_was_recorded(cast, as_user):
    uid = uuid.uuid4()
    photo_keep(visit_uid=uid, upload=jpeg_with_position(), by=cast.li)
    visit = record_visit(
        cast, cast.li, notes=f"企业负责人{RARE}介绍情况。<b>不是粗体</b>", contact=cast.contact, companions=[cast.zhang.officer],
        problems=[{"title": "门口停车难", "urgency": "normal", "category": cast.parking}],
    )  # fmt: skip
    client = as_user(cast.li)
    job = ordered(client, f"visit={visit.uid}")
    assert job.state == "done", job.message
    pdf = downloaded(client, job)
    text = text_of(pdf)
    for words in ("服务走访纪要", "温州森马服饰有限公司", "91330300MA90000540", "小张", "（一）门口停车难", "林小红（行政经理）"):
        assert words in text, words
    assert f"企业负责人{RARE}介绍情况。<b>不是粗体</b>" in text
    assert "13800001234" not in text and "不是行政检查" in text


def test_the_page_is_that_of_the_standard(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    reader = PdfReader(io.BytesIO(downloaded(client, ordered(client, f"visit={visit.uid}"))))
    width, height = reader.pages[0].mediabox[2:]
    assert (round(float(width)), round(float(height))) == (595, 842)
    assert reader.metadata.title.startswith("服务走访纪要 温州森马") and reader.metadata.author == "五马派出所"
    assert "— 1 —" in reader.pages[0].extract_text() and Summary.objects.get().number in reader.pages[0].extract_text()
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


def test_an_order_that_is_under_way_is_not_placed_twice(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    for _press in range(2):
        assert client.post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 302
    assert Job.objects.count() == 1


def test_a_period_sent_twice_is_one_order(cast, as_user):
    record_visit(cast, cast.li)
    client, uid = as_user(cast.head), str(uuid.uuid4())
    assert ordered(client, **period(cast, uid=uid)) == ordered(client, **period(cast, uid=uid))
    other = client.post(reverse("summary_order"), period(cast, uid=uid, bundle="zip"))
    assert other.status_code == IdentityConflict.status and Job.objects.count() == 1


def test_a_stations_visits_of_a_period_in_one_file(cast, as_user, monkeypatch):
    monkeypatch.setattr("visits.summaries.work.LOT", 2)
    for number in range(5):
        record_visit(cast, cast.li, notes=f"第{number}次走访" + "，企业反映情况较多，逐条记录如下。" * 60 * (number % 2))
    record_visit(cast, cast.wu, cast.chint, notes="别处的走访")
    withdrawn = record_visit(cast, cast.li, notes="录错的走访")
    visit_withdraw(visit=withdrawn, reason="录错", by=cast.li)
    client = as_user(cast.head)
    job = ordered(client, **period(cast))
    assert job.state == "done" and job.done == job.total == 5, job.message
    pdf = downloaded(client, job)
    text = text_of(pdf)
    assert all(f"第{number}次走访" in text for number in range(5))
    assert "别处的走访" not in text and "录错的走访" not in text and "收录走访5次" in text
    assert SummaryVisit.objects.filter(summary__job=job).count() == 5


def test_the_index_tells_the_page_of_each_visit(cast, as_user, monkeypatch):
    monkeypatch.setattr("visits.summaries.work.LOT", 2)
    for number in range(5):
        record_visit(cast, cast.li, notes=f"第{number}次走访" + "，企业反映情况较多，逐条记录如下。" * 60 * (number % 2))
    client = as_user(cast.head)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(downloaded(client, ordered(client, **period(cast))))).pages]
    starts = [re.search(r"— (\d+) —", page).group(1) for page in pages if "统一社会信用代码" in page]
    index = next(page for page in pages if "页码" in page)
    assert re.findall(r"小李\s*(\d+)", index) == starts and len(starts) == 5 and starts[-1] != "5"
    front = next(number for number, page in enumerate(pages) if "— 1 —" in page)
    assert front % 2 == 0, "page 1 lies on the right of a sheet printed on both sides"
    assert [f"— {number} —" in pages[front + number - 1] for number in range(1, int(starts[-1]) + 1)].count(False) == 0


def test_a_stations_visits_as_single_files(cast, as_user):
    for number in range(3):
        record_visit(cast, cast.li, notes=f"第{number}次走访")
    client = as_user(cast.head)
    job = ordered(client, **period(cast, bundle="zip"))
    bundle = zipfile.ZipFile(io.BytesIO(downloaded(client, job)))
    names = bundle.namelist()
    assert len(names) == 3 and all(re.fullmatch(r"000\d_服务走访纪要_温州森马服饰有限公司（.*）\.pdf", name) for name in names)
    assert [f"第{number}次走访" in text_of(bundle.read(name)) for number, name in enumerate(names)] == [True] * 3


@pytest.mark.parametrize("of", ["enterprise", "officer"])
def test_the_visits_of_an_enterprise_or_an_officer(cast, as_user, of):
    record_visit(cast, cast.li, notes="森马的走访")
    record_visit(cast, cast.zhang, cast.hotel, notes="酒店的走访")
    target = cast.semir if of == "enterprise" else cast.li.officer
    client = as_user(cast.head)
    values = period(cast)
    del values["unit"]
    text = text_of(downloaded(client, ordered(client, f"{of}={target.uid}", **values)))
    assert "森马的走访" in text and "酒店的走访" not in text


def test_long_notes_flow_to_further_pages_whole(cast, as_user):
    notes = "\n".join(f"第{number}段：" + "企业反映情况较多（逐条记录如下），“僵尸车”长期占道。" * 12 for number in range(1, 41))
    visit, client = record_visit(cast, cast.li, notes=notes), as_user(cast.li)
    pdf = downloaded(client, ordered(client, f"visit={visit.uid}"))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) > 8 and "— 2 —" in pages[1]
    assert notes.replace("\n", "") in text_of(pdf)
    lines = "\n".join(pages).splitlines()
    assert not [line for line in lines if line[:1] in set("，。、；：？！”’）》】")], "punctuation that closes never begins a line"


def test_a_summary_is_for_the_person_who_ordered_it(cast, as_user):
    visit = record_visit(cast, cast.li)
    job = ordered(as_user(cast.li), f"visit={visit.uid}")
    assert as_user(cast.head).get(reverse("job_file", args=[job.uid])).status_code == 404
    assert as_user(cast.wu).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 404
    assert as_user(cast.li).get(f"{reverse('summary_order')}?visit=none-such").status_code == 404
    assert as_user(cast.audit_admin).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 403


def test_what_went_out_of_scope_before_the_work_is_not_shown(cast, as_user):
    record_visit(cast, cast.li)
    client = as_user(cast.head)
    client.post(reverse("summary_order"), period(cast))
    cast.head.unit = cast.nanmen
    cast.head.save()
    job = work(Job.objects.get())
    assert job.state == "failed" and not job.file


def test_a_period_without_visits_or_that_ends_before_it_begins_is_refused(cast, as_user):
    client, address = as_user(cast.head), reverse("summary_order")
    empty = client.post(address, period(cast, day_from="2020-01-01", day_to="2020-01-31"))
    turned = client.post(address, period(cast, day_from="2026-02-01", day_to="2026-01-31"))
    foreign = client.post(address, period(cast, unit=cast.liushi.code))
    assert empty.status_code == turned.status_code == foreign.status_code == 422 and Job.objects.count() == 0


def test_an_order_of_too_many_visits_says_what_to_do(cast, as_user, monkeypatch):
    for _number in range(3):
        record_visit(cast, cast.li)
    monkeypatch.setattr(verbs, "MOST_VISITS", {"pdf": 2, "zip": 3})
    client, address = as_user(cast.head), reverse("summary_order")
    refused = client.post(address, period(cast))
    assert refused.status_code == 422 and "ZIP" in refused.content.decode() or "压缩包" in refused.content.decode()
    assert client.post(address, period(cast, bundle="zip")).status_code == 302


def test_a_worker_killed_in_the_middle_of_a_zip_costs_nothing(cast, as_user):
    for _number in range(3):
        record_visit(cast, cast.li)
    as_user(cast.head).post(reverse("summary_order"), period(cast, bundle="zip"))
    parent = Job.objects.get(parent__isnull=True)
    perform_job(parent.pk)
    part = parent.parts.first()
    Job.objects.filter(pk=part.pk).update(state="running", lease_until="2020-01-01T00:00:00Z", lease_token=uuid.uuid4())
    perform_job(part.pk)
    assert work(parent).state == "done" and parent.parts.count() == 3 == Summary.objects.count() == SummaryVisit.objects.count()


def test_a_second_run_gives_the_same_bytes_under_the_same_number(cast, settings):
    visit = record_visit(cast, cast.li)
    job = verbs.summary_order(of="visit", target=visit, by=cast.li)
    perform_job(job.pk)
    job.refresh_from_db()
    first, summary = (settings.MEDIA_ROOT / job.file).read_bytes(), Summary.objects.get()
    Job.objects.filter(pk=job.pk).update(state="running", lease_until="2020-01-01T00:00:00Z")
    perform_job(job.pk)
    job.refresh_from_db()
    assert (settings.MEDIA_ROOT / job.file).read_bytes() == first and Summary.objects.get().sha256 == summary.sha256
    assert [path.name for path in (settings.MEDIA_ROOT / "summaries").iterdir()] == [f"{job.uid}.pdf"]


def test_a_worker_that_lost_its_lease_leaves_no_trace(cast, settings, monkeypatch):
    visit = record_visit(cast, cast.li)
    job = verbs.summary_order(of="visit", target=visit, by=cast.li)
    from visits.summaries import work as module

    def slow(*args, **kwargs):
        Job.objects.filter(pk=job.pk).update(lease_token=uuid.uuid4())  # another worker has claimed it meanwhile
        return b"%PDF late"

    monkeypatch.setattr(module, "render_pdf", slow)
    perform_job(job.pk)
    assert Summary.objects.get().sha256 == "" and not (settings.MEDIA_ROOT / f"summaries/{job.uid}.pdf").exists()


def test_the_list_shows_how_far_and_asks_again_only_while_needed(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    assert "hx-trigger" not in client.get(reverse("summary_list")).content.decode().split('id="summary-poll"')[1]
    client.post(f"{reverse('summary_order')}?visit={visit.uid}")
    assert "every 2s" in client.get(reverse("summary_list")).content.decode()
    job = work(Job.objects.get())
    page = client.get(reverse("summary_list")).content.decode()
    assert "every 2s" not in page and reverse("job_file", args=[job.uid]) in page and Summary.objects.get().number in page
    assert "森马" not in as_user(cast.head).get(reverse("summary_list")).content.decode()


def test_pictures_and_styles_from_elsewhere_are_never_fetched(cast, tmp_path):
    from crm.pdf import DataOnly

    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for address in (secret.as_uri(), "http://127.0.0.1:1/", "ftp://127.0.0.1/", "https://127.0.0.1/"):
        with pytest.raises(ValueError):
            DataOnly().fetch(address)


def test_numbers_and_days_are_written_as_documents_write_them(cast):
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21, 99)] == ["一", "九", "十", "十一", "二十", "二十一", "九十九"]
    assert chinese_day("2026-01-05") == chinese_day(cast.today.replace(2026, 1, 5)) == "2026年1月5日"
