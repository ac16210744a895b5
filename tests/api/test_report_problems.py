"""Other systems report problems: how each came to them, and when the enterprise reported it."""

import datetime
import uuid

import pytest
from django.utils import timezone

from crm.seeds import seed_calendar
from visits.models import Problem
from visits.problems.clocks import day_of, due_moment

pytestmark = pytest.mark.django_db


def sent(cast, client, **changes):
    return client.post(
        "problems/",
        {
            "uid": str(uuid.uuid4()),
            "enterprise": str(cast.semir.uid),
            "title": "夜间照明不足",
            **changes,
        },
    )


def test_the_clock_of_a_call_starts_with_the_call(cast, program):
    seed_calendar()
    moment = timezone.now() - datetime.timedelta(days=20)
    body = sent(
        cast,
        program(cast.li),
        source="phone",
        reported_at=moment.isoformat(),
        is_police_matter=False,
    ).json()
    due_on = day_of(due_moment(moment, Problem.Urgency.NORMAL))
    assert (body["source"], body["is_police_matter"], body["overdue"]) == ("phone", False, True)
    assert (body["reported_on"], body["due_on"]) == (str(timezone.localdate(moment)), str(due_on))


def test_what_is_overdue_is_asked_at_each_reading(cast, program, monkeypatch):
    """And not once, when the statement was first built."""
    client, now = program(cast.li), timezone.now()
    uid = sent(cast, client).json()["uid"]
    Problem.objects.filter(uid=uid).update(overdue_from=now + datetime.timedelta(hours=1))
    told = []
    for hours in (0, 2, 0):
        moment = timezone.now() + datetime.timedelta(hours=hours)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda moment=moment: moment)
            told.append(client.get(f"problems/{uid}/").json()["overdue"])
    assert told == [False, True, False]


def test_without_more_it_was_entered_by_an_officer_now(cast, program):
    body = sent(cast, program(cast.li)).json()
    assert (body["source"], body["reported_on"], body["is_police_matter"]) == (
        "page",
        str(timezone.localdate()),
        True,
    )
    assert sent(cast, program(cast.li), source="system").json()["source"] == "system"


@pytest.mark.parametrize("source", ["visit", "enterprise", "import", "dream"])
def test_what_follows_from_elsewhere_cannot_be_sent(cast, program, source):
    answer = sent(cast, program(cast.li), source=source)
    assert (
        answer.status_code == 422
        and "source" in answer.json()["errors"]
        and not Problem.objects.exists()
    )


@pytest.mark.parametrize("days", [1, -401])
def test_a_report_of_tomorrow_or_of_long_ago_is_refused(cast, program, days):
    answer = sent(
        cast,
        program(cast.li),
        reported_at=(timezone.now() + datetime.timedelta(days=days)).isoformat(),
    )
    assert answer.status_code == 422 and "reported_at" in answer.json()["errors"]


def test_how_it_came_stays_as_it_was(cast, program):
    client = program(cast.li)
    problem = sent(cast, client, source="phone").json()
    for change in ({"source": "page"}, {"reported_at": timezone.now().isoformat()}):
        assert (
            client.patch(f"problems/{problem['uid']}/", {**change, "version": 1}).status_code == 422
        )
    changed = client.patch(f"problems/{problem['uid']}/", {"is_police_matter": False, "version": 1})
    assert changed.status_code == 200 and changed.json()["is_police_matter"] is False
