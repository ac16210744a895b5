"""Anybody may ask whether a summary is genuine, and learns nothing else."""

import hashlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crm.jobs.performing import perform_job
from tests.cast import record_visit
from visits.models import Summary
from visits.models.summaries import number_for
from visits.recording.services import visit_change, visit_withdraw
from visits.summaries.services import summary_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_questions_yet():
    cache.clear()


@pytest.fixture
def made(cast, settings):
    """A visit, its summary, and the summary's file."""
    visit = record_visit(cast, cast.li, notes="机密")
    job = summary_order(of="visit", target=visit, by=cast.li)
    perform_job(job.pk)
    job.refresh_from_db()
    return visit, Summary.objects.get(), (settings.MEDIA_ROOT / job.file).read_bytes()


def state(answer):
    page = answer.content.decode()
    found = [name for name in ("current", "superseded", "unknown") if f"verdict-{name}" in page]
    assert len(found) == 1
    return found[0]


def test_a_number_is_current_until_the_visit_changes(cast, client, made):
    visit, summary, _body = made
    address = reverse("verify_number", args=[summary.number])
    page = client.get(address)
    assert state(page) == "current"
    assert not any(
        word in page.content.decode() for word in ("森马", "小李", "五马", "机密", str(visit.uid))
    )
    visit_change(row=visit, values={"notes": "新"}, version=1, by=cast.li)
    assert state(client.get(address)) == "superseded"


def test_a_withdrawn_visits_summary_is_superseded(cast, client, made):
    visit, summary, _body = made
    visit.refresh_from_db()
    visit_withdraw(visit=visit, reason="录错", by=cast.li)
    assert state(client.get(reverse("verify_number", args=[summary.number]))) == "superseded"


def test_a_file_is_compared_by_its_fingerprint(client, made):
    _visit, summary, body = made

    def ask(content, number=None):
        address = reverse("verify_number", args=[number]) if number else reverse("verify")
        return state(client.post(address, {"file": SimpleUploadedFile("纪要.pdf", content)}))

    assert ask(body) == "current" and ask(body, summary.number) == "current"
    assert ask(body + b" ") == "unknown" and ask(body + b" ", summary.number) == "unknown"


def test_the_browser_may_send_the_fingerprint_alone(client, made):
    _visit, summary, body = made
    page = client.post(
        reverse("verify_number", args=[summary.number]),
        {"sha256": hashlib.sha256(body).hexdigest()},
    )
    assert state(page) == "current" and "notice-warning" not in page.content.decode()
    for sent in ("0" * 64, "x", "'"):
        assert state(client.post(reverse("verify"), {"sha256": sent})) == "unknown"
    assert client.post(reverse("verify"), {"sha256": "\x00"}).status_code == 422


def test_a_genuine_file_under_another_number_is_told_apart(cast, client, made, settings):
    _visit, summary, body = made
    other = summary_order(of="visit", target=record_visit(cast, cast.li, notes="别的"), by=cast.li)
    perform_job(other.pk)
    number = Summary.objects.exclude(pk=summary.pk).get().number
    page = client.post(
        reverse("verify_number", args=[number]), {"file": SimpleUploadedFile("纪要.pdf", body)}
    )
    assert state(page) == "current" and "notice-warning" in page.content.decode()


def test_a_file_too_large_is_refused_unread(client, made):
    answer = client.post(reverse("verify"), {"number": "x"}, CONTENT_LENGTH=200 * 1024 * 1024)
    assert answer.status_code == 413 and "verdict-" not in answer.content.decode()


def test_nothing_asked_is_said_kindly(client, db):
    assert client.post(reverse("verify"), {}).status_code == 422


def test_the_page_sets_no_cookie_and_is_not_indexed(client, made):
    answer = client.get(reverse("verify_number", args=[made[1].number]))
    assert (
        "sessionid" not in answer.cookies
        and answer["X-Robots-Tag"] == "noindex"
        and "no-store" in answer["Cache-Control"]
    )


def test_every_answer_takes_one_statement(client, made, django_assert_num_queries):
    for number in (made[1].number, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ", "x", "%"):
        with django_assert_num_queries(1):
            client.get(reverse("verify_number", args=[number]))


@pytest.mark.parametrize("number", ["00000-00000-00000-00000", "x", "'; drop table", "%", "9" * 60])
def test_unknown_and_malformed_numbers_get_the_same_page(client, made, number):
    page = client.get(reverse("verify_number", args=[number])).content.decode().replace(number, "")
    other = (
        client.get(reverse("verify_number", args=["ZZZZZ"])).content.decode().replace("ZZZZZ", "")
    )
    assert "verdict-unknown" in page and len(page) == pytest.approx(len(other), abs=200)


def test_a_number_may_be_typed_as_people_type(client, made):
    _visit, summary, _body = made
    typed = summary.number.lower().replace("-", " ").replace("0", "o")
    assert state(client.post(reverse("verify"), {"number": typed})) == "current"


def test_one_address_asks_a_limited_number_of_questions(client, db, clock):
    clock("2026-11-02")
    answers = [
        client.get(reverse("verify_number", args=["ZZZZZ"])).status_code for _question in range(35)
    ]
    assert answers[0] == 200 and 429 in answers[29:]


def test_a_number_that_is_being_made_is_unknown(cast, client):
    visit = record_visit(cast, cast.li)
    job = summary_order(of="visit", target=visit, by=cast.li)
    assert state(client.get(reverse("verify_number", args=[number_for(job.uid)]))) == "unknown"
