"""A summary says what is so of its visit: after each step of a problem that the visit reported it is superseded."""

import pytest
from django.urls import reverse

from crm.jobs.performing import perform_job
from tests.cast import record_visit
from tests.steps import go
from tests.visits.summaries.test_verify_summary import state
from visits.models import Problem, Summary, Visit
from visits.problems import services
from visits.summaries.services import summary_order

pytestmark = pytest.mark.django_db

#: Each step with the way that leads to it.
WAYS = {
    "accept": (),
    "assign": ("accept",),
    "acknowledge": ("accept", "assign"),
    "start": ("accept", "assign", "acknowledge"),
    "answer": ("accept", "assign", "acknowledge", "start"),
    "review": ("accept", "assign", "acknowledge", "start", "answer"),
    "approve": ("accept", "assign", "acknowledge", "start", "answer", "review"),
    "withdraw": (),
    "pause": ("accept", "assign", "acknowledge", "start"),
    "supervise": ("accept", "assign"),
}


@pytest.fixture
def visit(cast):
    return record_visit(cast, cast.li, problems=[{"title": "停车难", "urgency": "normal"}])


def summary_of(cast, visit):
    """The number of a new summary of the visit as it is."""
    job = summary_order(of="visit", target=Visit.objects.get(pk=visit.pk), by=cast.li)
    perform_job(job.pk)
    return Summary.objects.latest("pk").number


@pytest.mark.parametrize("step", WAYS)
def test_each_step_of_its_problem(cast, client, visit, step):
    problem = Problem.objects.get(visit=visit)
    go(cast, problem, *WAYS[step])
    number = summary_of(cast, visit)
    address = reverse("verify_number", args=[number])
    assert state(client.get(address)) == "current"
    go(cast, problem, step)
    assert state(client.get(address)) == "superseded"


def test_other_words_of_its_problem(cast, client, visit):
    problem = Problem.objects.get(visit=visit)
    address = reverse("verify_number", args=[summary_of(cast, visit)])
    services.problem_change(
        row=problem, values={"title": "停车仍难"}, version=problem.version, by=cast.li
    )
    assert state(client.get(address)) == "superseded"


def test_a_problem_of_another_visit_leaves_it_current(cast, client, visit):
    address = reverse("verify_number", args=[summary_of(cast, visit)])
    other = record_visit(
        cast, cast.li, cast.hotel, problems=[{"title": "消防通道", "urgency": "normal"}]
    )
    go(cast, Problem.objects.get(visit=other), "accept")
    assert state(client.get(address)) == "current"
