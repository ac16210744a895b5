"""The summaries of a period in one PDF with an index, or as single files in a ZIP."""

import io
import re
import uuid
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from crm.errors import IdentityConflict
from crm.jobs.performing import perform_job
from crm.models import Job
from tests.cast import record_visit
from tests.orders import downloaded, ordered, period, text_of, work
from visits.models import Summary, SummaryVisit, Visit
from visits.recording.services import visit_withdraw
from visits.summaries import services as verbs
from visits.summaries.content import content_hash, visit_facts
from visits.summaries.read import ROWS, with_facts

pytestmark = pytest.mark.django_db


def test_a_period_sent_twice_is_one_order(cast, as_user):
    record_visit(cast, cast.li)
    client, uid = as_user(cast.head), str(uuid.uuid4())
    assert ordered(client, **period(cast, uid=uid)) == ordered(client, **period(cast, uid=uid))
    other = client.post(reverse("summary_order"), period(cast, uid=uid, bundle="zip"))
    assert other.status_code == IdentityConflict.status and Job.objects.count() == 1


def test_a_stations_visits_of_a_period_in_one_file(cast, as_user, monkeypatch):
    monkeypatch.setattr("visits.summaries.work.LOT", 2)
    for number in range(5):
        record_visit(
            cast,
            cast.li,
            notes=f"第{number}次走访" + "，企业反映情况较多，逐条记录如下。" * 60 * (number % 2),
        )
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
        record_visit(
            cast,
            cast.li,
            notes=f"第{number}次走访" + "，企业反映情况较多，逐条记录如下。" * 60 * (number % 2),
        )
    client = as_user(cast.head)
    pages = [
        page.extract_text()
        for page in PdfReader(io.BytesIO(downloaded(client, ordered(client, **period(cast))))).pages
    ]
    starts = [
        re.search(r"— (\d+) —", page).group(1) for page in pages if "统一社会信用代码" in page
    ]
    index = next(page for page in pages if "页码" in page)
    assert re.findall(r"小李\s*(\d+)", index) == starts and len(starts) == 5 and starts[-1] != "5"
    front = next(number for number, page in enumerate(pages) if "— 1 —" in page)
    assert front % 2 == 0, "page 1 lies on the right of a sheet printed on both sides"
    assert [
        f"— {number} —" in pages[front + number - 1] for number in range(1, int(starts[-1]) + 1)
    ].count(False) == 0


def test_a_stations_visits_as_single_files(cast, as_user):
    for number in range(3):
        record_visit(cast, cast.li, notes=f"第{number}次走访")
    client = as_user(cast.head)
    job = ordered(client, **period(cast, bundle="zip"))
    bundle = zipfile.ZipFile(io.BytesIO(downloaded(client, job)))
    names = bundle.namelist()
    assert len(names) == 3 and all(
        re.fullmatch(r"000\d_服务走访纪要_温州森马服饰有限公司（.*）\.pdf", name) for name in names
    )
    assert [
        f"第{number}次走访" in text_of(bundle.read(name)) for number, name in enumerate(names)
    ] == [True] * 3


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
    assert (
        empty.status_code == turned.status_code == foreign.status_code == 422
        and Job.objects.count() == 0
    )


def test_an_order_of_too_many_visits_says_what_to_do(cast, as_user, monkeypatch):
    for _number in range(3):
        record_visit(cast, cast.li)
    monkeypatch.setattr(verbs, "MOST_VISITS", {"pdf": 2, "zip": 3})
    client, address = as_user(cast.head), reverse("summary_order")
    refused = client.post(address, period(cast))
    assert (
        refused.status_code == 422
        and "ZIP" in refused.content.decode()
        or "压缩包" in refused.content.decode()
    )
    assert client.post(address, period(cast, bundle="zip")).status_code == 302


def test_a_worker_killed_in_the_middle_of_a_zip_costs_nothing(cast, as_user):
    for _number in range(3):
        record_visit(cast, cast.li)
    as_user(cast.head).post(reverse("summary_order"), period(cast, bundle="zip"))
    parent = Job.objects.get(parent__isnull=True)
    perform_job(parent.pk)
    part = parent.parts.first()
    Job.objects.filter(pk=part.pk).update(
        state="running", lease_until="2020-01-01T00:00:00Z", lease_token=uuid.uuid4()
    )
    perform_job(part.pk)
    assert (
        work(parent).state == "done"
        and parent.parts.count() == 3 == Summary.objects.count() == SummaryVisit.objects.count()
    )


def test_facts_are_read_in_a_number_of_statements_that_does_not_grow(cast):
    def read(count):
        with CaptureQueriesContext(connection) as captured:
            for visit in with_facts(Visit.objects.order_by("pk")[:count]):
                visit_facts(visit)
                content_hash(visit)
        return len(captured)

    for _number in range(4):
        record_visit(
            cast,
            cast.li,
            contact=cast.contact,
            topics=[cast.safety],
            services=[cast.advice],
            companions=[cast.zhang.officer],
            problems=[{"title": "停车难", "urgency": "normal", "category": cast.parking}],
        )
    assert read(4) == read(1) == 1 + 1 + len(ROWS)
