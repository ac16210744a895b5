"""An officer takes the PDF summary of a visit away, and the summaries of a period."""

import io
import uuid
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from crm.jobs import perform_job
from crm.models import Job
from tests.cast import record_visit
from tests.pictures import jpeg_with_position
from visits.models import Summary
from visits.photos import photo_keep

pytestmark = pytest.mark.django_db

RARE = "㛃䶮𬭎𫟷𠮷"


def ordered(client, query, **sent):
    """Order through the page, do the work, and return the job."""
    answer = client.post(f"{reverse('summary_order')}?{query}", sent)
    assert answer.status_code == 302, answer.content.decode()
    return work(Job.objects.filter(parent__isnull=True).latest("pk"))


def work(job):
    for _round in range(20):
        undone = Job.objects.filter(state__in=["queued"]).order_by("-pk").values_list("pk", flat=True)
        if not undone:
            break
        for pk in undone:
            perform_job(pk)
    job.refresh_from_db()
    return job


def downloaded(client, job):
    answer = client.get(reverse("job_file", args=[job.uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def test_one_visits_summary_holds_what_was_recorded(cast, as_user):
    uid = uuid.uuid4()
    photo_keep(visit_uid=uid, upload=jpeg_with_position(), by=cast.li)
    visit = record_visit(
        cast, cast.li, notes=f"企业负责人{RARE}介绍情况。<b>不是粗体</b>", contact=cast.contact,
        problems=[{"title": "门口停车难", "urgency": "normal", "category": cast.parking}],
    )  # fmt: skip
    client = as_user(cast.li)
    job = ordered(client, f"visit={visit.uid}")
    assert job.state == "done", job.message
    pdf = downloaded(client, job)
    text = text_of(pdf)
    for words in ("服务走访纪要", "温州森马服饰有限公司", "门口停车难", "林小红", "<b>不是粗体</b>", RARE, Summary.objects.get().number):
        assert words in text, words
    assert "13800001234" not in text and "不是行政检查" in text
    width, height = PdfReader(io.BytesIO(pdf)).pages[0].mediabox[2:]
    assert round(float(width)) == 595 and round(float(height)) == 842


def test_the_same_summary_is_offered_again_until_something_changes(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    first, again = ordered(client, f"visit={visit.uid}"), ordered(client, f"visit={visit.uid}")
    assert first == again
    from visits.transitions.visits import visit_change

    visit_change(row=visit, values={"notes": "改过了"}, version=1, by=cast.li)
    assert ordered(client, f"visit={visit.uid}") != first


@pytest.mark.parametrize("bundle", ["pdf", "zip"])
def test_a_stations_visits_of_a_period_in_one_file(cast, as_user, bundle):
    for number in range(3):
        record_visit(cast, cast.li, notes=f"第{number}次走访")
    record_visit(cast, cast.wu, cast.chint, notes="别处的走访")
    client = as_user(cast.head)
    job = ordered(client, "", unit=cast.wuma.code, day_from=str(cast.today), day_to=str(cast.today), bundle=bundle)
    assert job.state == "done", job.message
    body = downloaded(client, job)
    if bundle == "zip":
        names = zipfile.ZipFile(io.BytesIO(body)).namelist()
        assert len(names) == 3 and all(name.endswith(".pdf") for name in names)
        text = "".join(text_of(zipfile.ZipFile(io.BytesIO(body)).read(name)) for name in names)
    else:
        text = text_of(body)
        assert "目" in text and "共收录服务走访3次" in text
    assert all(f"第{number}次走访" in text for number in range(3)) and "别处的走访" not in text


def test_long_notes_flow_to_further_pages(cast, as_user):
    visit, client = record_visit(cast, cast.li, notes="\n".join(["企业反映情况较多，逐条记录如下。" * 12] * 40)), as_user(cast.li)
    pages = PdfReader(io.BytesIO(downloaded(client, ordered(client, f"visit={visit.uid}")))).pages
    assert len(pages) > 8 and "— 2 —" in pages[1].extract_text()


def test_a_summary_is_for_the_person_who_ordered_it(cast, as_user):
    visit = record_visit(cast, cast.li)
    job = ordered(as_user(cast.li), f"visit={visit.uid}")
    assert as_user(cast.head).get(reverse("job_file", args=[job.uid])).status_code == 404
    assert as_user(cast.wu).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 404
    assert as_user(cast.audit_admin).post(f"{reverse('summary_order')}?visit={visit.uid}").status_code == 403


def test_a_period_without_visits_or_that_ends_before_it_begins_is_refused(cast, as_user):
    client, address = as_user(cast.head), reverse("summary_order")
    empty = client.post(address, {"unit": cast.wuma.code, "day_from": "2020-01-01", "day_to": "2020-01-31", "bundle": "pdf"})
    turned = client.post(address, {"unit": cast.wuma.code, "day_from": "2026-02-01", "day_to": "2026-01-31", "bundle": "pdf"})
    foreign = client.post(address, {"unit": cast.liushi.code, "day_from": "2026-01-01", "day_to": "2026-01-31", "bundle": "pdf"})
    assert empty.status_code == turned.status_code == foreign.status_code == 422 and Job.objects.count() == 0


def test_a_worker_killed_in_the_middle_of_a_zip_costs_nothing(cast, as_user, settings):
    for _number in range(3):
        record_visit(cast, cast.li)
    settings.JOB_LEASE_SECONDS = 0
    client = as_user(cast.head)
    client.post(reverse("summary_order"), {"unit": cast.wuma.code, "day_from": str(cast.today), "day_to": str(cast.today), "bundle": "zip"})
    parent = Job.objects.get(parent__isnull=True)
    perform_job(parent.pk)
    part = parent.parts.first()
    Job.objects.filter(pk=part.pk).update(state="running", lease_until="2020-01-01T00:00:00Z", lease_token=uuid.uuid4())
    settings.JOB_LEASE_SECONDS = 60
    perform_job(part.pk)
    assert work(parent).state == "done" and parent.parts.count() == 3 == Summary.objects.count()


def test_pictures_and_styles_from_elsewhere_are_never_fetched(cast, tmp_path):
    from crm.pdf import DataOnly

    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for address in (secret.as_uri(), "http://127.0.0.1:1/", "ftp://127.0.0.1/", "https://127.0.0.1/"):
        with pytest.raises(ValueError):
            DataOnly().fetch(address)
