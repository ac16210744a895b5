"""Many use one link at once: one wins. The control shows that the guards are what makes it so."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from crm.errors import Conflict
from crm.writing.audit import record
from tests.cast import build_cast
from tests.links import confirm_link, followed_up, fresh, report_link
from visits.models import EnterpriseLink, Feedback, Problem
from visits.models.links import link_behind
from visits.models.problems import State
from visits.portal import services as door
from visits.problems.workflow import engine

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite lets one writer in at a time, and its test database one thread",
    ),
]
RACERS = 10


def race(act, racers=RACERS):
    """How many of ``racers`` threads got through ``act(number)``, all let go at once.

    The others had a Conflict.
    """
    gate = threading.Barrier(racers)

    def run(number):
        try:
            gate.wait()
            act(number)
            return 1
        except Conflict:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(racers) as workers:
        return sum(workers.map(run, range(racers)))


def answers(secret):
    """An act that answers through a link as it was read before the start: half confirm, half
    dispute.
    """
    links = [link_behind(secret) for _number in range(RACERS)]

    def act(number):
        if number % 2:
            return door.feedback_give(link=links[number], answer="dispute", remark="没有解决")
        return door.feedback_give(
            link=links[number],
            answer="confirm",
            rating=5,
            was_prompt=True,
            was_polite=True,
            was_explained=True,
            was_solved=True,
        )

    return act


def test_one_of_ten_answers_is_taken():
    cast = build_cast()
    for _turn in range(10):
        problem = followed_up(cast)
        _link, secret = confirm_link(cast, problem)
        before = problem.steps.count()
        assert race(answers(secret)) == 1
        assert (
            Feedback.objects.filter(problem=problem).count() == 1
            and problem.steps.count() == before + 1
        )
        assert fresh(problem).state in {State.CLOSED, State.IN_PROGRESS}


def test_the_answer_and_an_officers_step_at_once():
    """A visit verifies or a telephone call disputes while the enterprise answers: one of them is
    true, never both.
    """
    cast = build_cast()
    for _turn in range(10):
        problem = followed_up(cast)
        _link, secret = confirm_link(cast, problem)
        link, read = link_behind(secret), [fresh(problem) for _number in range(2)]

        def act(number, link=link, read=read):
            if number == 0:
                return door.feedback_give(link=link, answer="dispute", remark="没有解决")
            return door.problem_dispute(problem=read[1], by=cast.li, why="电话回访")

        assert race(act, 2) == 1
        given = Feedback.objects.filter(problem=problem).exists()
        assert (EnterpriseLink.objects.get(pk=link.pk).used_at is not None) == given and fresh(
            problem
        ).redone == 1


def test_a_report_sent_ten_times_at_once_is_one_problem():
    cast = build_cast()
    _link, secret = report_link(cast)
    uid = uuid.uuid4()
    assert (
        race(lambda number: door.problem_report(link=link_behind(secret), uid=uid, title="一"))
        == RACERS
    )
    assert Problem.objects.count() == 1


def test_ten_reports_at_once_keep_to_the_days_limit(settings):
    settings.LINK_REPORTS_A_DAY = 3
    cast = build_cast()
    _link, secret = report_link(cast)

    def act(number):
        try:
            door.problem_report(link=link_behind(secret), uid=uuid.uuid4(), title=f"第{number}件")
        except door.TooMany:
            raise Conflict() from None

    assert race(act) == 3 == Problem.objects.count()


@pytest.mark.control
def test_without_the_guards_more_than_one_would_be_taken(monkeypatch):
    """The same race where link and problem are looked at first and written afterwards, as one would
    without thinking.
    """

    def look(link, purpose, at):
        if EnterpriseLink.objects.get(pk=link.pk).used_at is not None:
            raise Conflict()

    def write(row, *, to, by, verb, **fields):
        looked.wait(timeout=30)
        EnterpriseLink.objects.filter(problem=row).update(used_at=timezone.now())
        Problem.objects.filter(pk=row.pk).update(state=to, **fields)
        row.state = to
        record(verb, by=by, target=row)

    cast, looked = build_cast(), threading.Barrier(RACERS)
    problem = followed_up(cast)
    _link, secret = confirm_link(cast, problem)
    monkeypatch.setattr(door, "link_use", look)
    monkeypatch.setattr(engine, "move_state", write)
    assert race(answers(secret)) > 1
    assert Feedback.objects.filter(problem=problem).count() > 1
