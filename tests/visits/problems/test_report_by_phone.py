"""A problem told on the telephone: who called, when, and a clock that starts with the call."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from liaisons.models import Contact
from tests.cast import record_visit
from visits.models import Problem
from visits.problems.clocks import due_moment
from visits.problems.services import problem_change

pytestmark = pytest.mark.django_db


def minute(**ago):
    return timezone.localtime(timezone.now() - datetime.timedelta(**ago)).replace(
        second=0, microsecond=0
    )


def call(cast, client, at=None, **values):
    at = at or minute(days=3)
    typed = {
        "uid": str(uuid.uuid4()),
        "source": "phone",
        "contact": str(cast.contact.uid),
        "reported_at": f"{at:%Y-%m-%dT%H:%M}",
        "title": "门口停车难",
        "urgency": "normal",
        **values,
    }
    return client.post(reverse("problem_create", args=[cast.semir.uid]), typed)


def test_one_button_of_the_enterprise_leads_to_the_form(cast, as_user):
    client, address = (
        as_user(cast.li),
        reverse("problem_create", args=[cast.semir.uid]) + "?source=phone",
    )
    assert (
        address in client.get(reverse("enterprise_detail", args=[cast.semir.uid])).content.decode()
    )
    page = client.get(address).content.decode()
    assert "林** 行政经理" in page and "林小红" not in page and "13800001234" not in page
    assert re.search(r'value="phone"[^>]*checked', page)


def test_the_clock_starts_with_the_call(cast, as_user):
    at = minute(days=3)
    assert call(cast, as_user(cast.li), at).status_code == 302
    problem = Problem.objects.get()
    assert (problem.source, problem.contact, problem.reported_at, problem.reported_on) == (
        "phone",
        cast.contact,
        at,
        at.date(),
    )
    assert problem.due_at == due_moment(at, "normal") != due_moment(timezone.now(), "normal")
    page = as_user(cast.li).get(reverse("problem_detail", args=[problem.uid])).content.decode()
    assert f"林** 行政经理 · {at:%Y-%m-%d %H:%M}" in page and "林小红" not in page


def test_a_correction_counts_from_the_call_too(cast, as_user):
    at = minute(days=3)
    call(cast, as_user(cast.li), at)
    problem = Problem.objects.get()
    changed = problem_change(
        row=problem, values={"urgency": "complex"}, version=problem.version, by=cast.li
    )
    assert changed.due_at == due_moment(at, "complex")


@pytest.mark.parametrize(
    "values",
    [
        {"reported_at": ""},
        {"reported_at": "yesterday"},
        {"reported_at": "2031-01-01T10:00"},
        {"reported_at": "2019-01-01T10:00"},
        {"contact": str(uuid.uuid4())},
        {"contact": "x"},
        {"source": "import"},
        {"source": "enterprise"},
    ],
    ids=[
        "no time",
        "no moment",
        "future",
        "long ago",
        "nobody",
        "nonsense",
        "an import",
        "the enterprise itself",
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(cast, as_user, values):
    answer = call(cast, as_user(cast.li), description="每天七点半开始", **values)
    assert (
        answer.status_code == 422
        and "每天七点半开始" in answer.content.decode()
        and not Problem.objects.exists()
    )


def test_the_caller_is_one_of_the_enterprise(cast, as_user):
    stranger = Contact(enterprise=cast.hotel, name="王大明", work_phone="13900001234")
    stranger.full_clean()
    stranger.save()
    assert call(cast, as_user(cast.li), contact=str(stranger.uid)).status_code == 422
    assert (
        call(cast, as_user(cast.li), contact="").status_code == 302
        and Problem.objects.get().contact is None
    )


def test_what_an_officer_enters_by_himself_has_no_call(cast, as_user):
    assert call(cast, as_user(cast.li), source="page").status_code == 302
    problem = Problem.objects.get()
    assert (problem.source, problem.contact, problem.reported_at, problem.reported_on) == (
        "page",
        None,
        None,
        cast.today,
    )


def test_a_problem_of_a_visit_asks_for_no_call(cast, as_user):
    visit, client = record_visit(cast, cast.li), as_user(cast.li)
    address = reverse("problem_create", args=[cast.semir.uid]) + f"?visit={visit.uid}"
    assert 'name="source"' not in client.get(address).content.decode()
    typed = {
        "uid": str(uuid.uuid4()),
        "title": "噪声",
        "urgency": "normal",
        "source": "phone",
        "reported_at": "2026-01-01T10:00",
    }
    assert client.post(address, typed).status_code == 302
    assert Problem.objects.get().source == "visit" and Problem.objects.get().reported_at is None


@pytest.mark.parametrize(("said", "kept"), [("", False), ("True", True), ("False", False)])
def test_whether_it_is_a_police_matter_is_said_or_follows_the_category(cast, as_user, said, kept):
    cast.parking.is_police_matter = False
    cast.parking.save()
    assert (
        call(
            cast, as_user(cast.li), category=str(cast.parking.pk), is_police_matter=said
        ).status_code
        == 302
    )
    assert Problem.objects.get().is_police_matter is kept


def test_sent_twice_it_is_one(cast, as_user):
    client, at, uid = as_user(cast.li), minute(days=1), str(uuid.uuid4())
    assert [call(cast, client, at, uid=uid).status_code for _number in range(2)] == [
        302,
        302,
    ] and Problem.objects.count() == 1


def test_a_foreign_enterprise_is_a_missing_one(cast, as_user):
    assert call(cast, as_user(cast.wu)).status_code == 404 and not Problem.objects.exists()
