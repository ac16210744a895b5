"""Who follows a problem up with the enterprise: closes it by a visit, and hands out the link by
which it answers itself.
"""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from liaisons.models import Assignment
from tests.cast import record_visit
from tests.steps import go, register
from visits.models import Problem
from visits.portal.links import link_obstacle
from visits.problems import workflow

pytestmark = pytest.mark.django_db

TO_FOLLOW_UP = ("accept", "assign", "acknowledge", "start", "answer", "review", "approve")


def answered(cast, **values):
    """A problem of 五马酒店 that waits for the enterprise; 小李 alone leads there."""
    return go(cast, register(cast, enterprise=cast.hotel, **values), *TO_FOLLOW_UP)


def follows(cast, person, problem):
    """Whether a person may verify, and may issue the link: the same people."""
    row, problem = workflow.problem_verify.row, Problem.objects.get(pk=problem.pk)
    may_verify = row.who(person, problem)
    assert may_verify == (link_obstacle(by=person, problem=problem) is None)
    return may_verify


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("li", True),
        ("zhang", False),
        ("sun", False),
        ("wu", False),
        ("he", False),
        ("head", True),
        ("county_manager", True),
        ("city_manager", True),
        ("other_manager", False),
        ("system_admin", False),
    ],
)
def test_who_reported_it_and_who_dispatches_it_follow_up_and_no_colleague_by_chance(
    cast, person, expected
):
    assert follows(cast, getattr(cast, person), answered(cast)) == expected


@pytest.mark.parametrize("part", ["lead", "deputy"])
def test_whoever_is_assigned_today_follows_up_from_whatever_unit(cast, part):
    problem = answered(cast)
    Assignment.objects.filter(enterprise=cast.hotel).update(ends_on=cast.today)
    Assignment.objects.create(
        officer=cast.sun.officer, enterprise=cast.hotel, part=part, starts_on=cast.today
    )
    assert follows(cast, cast.sun, problem)
    Assignment.objects.filter(officer=cast.sun.officer, enterprise=cast.hotel).update(
        starts_on=cast.today - datetime.timedelta(days=9)
    )
    Assignment.objects.filter(officer=cast.sun.officer, enterprise=cast.hotel).update(
        ends_on=cast.today
    )
    assert not follows(cast, cast.sun, problem)


def test_who_was_at_the_visit_follows_up(cast):
    visit = record_visit(cast, cast.li, cast.hotel, companions=[cast.zhang.officer])
    problem = answered(cast, visit=visit)
    assert follows(cast, cast.zhang, problem)
    assert not follows(cast, cast.sun, problem)


def test_an_assigned_officer_closes_it_by_a_visit_and_a_colleague_is_told_who_may(cast, as_user):
    problem = answered(cast)
    Assignment.objects.create(
        officer=cast.sun.officer, enterprise=cast.hotel, part="deputy", starts_on=cast.today
    )
    visit = record_visit(cast, cast.sun, cast.hotel, started_at=timezone.now())
    address, sent = (
        reverse("problem_step", args=[problem.uid, "verify"]),
        {"version": problem.version, "visit": str(visit.uid)},
    )
    refused = as_user(cast.zhang).get(address)
    assert refused.status_code == 403 and "现在主办或协办该企业的专员" in refused.content.decode()
    assert as_user(cast.sun).post(address, sent).status_code == 302
    problem.refresh_from_db()
    assert problem.state == "closed"
