"""Any sequence of steps by anybody: no state that the table does not know, no gap in the history,
no clock set back.

CRM_WALKS says how many sequences are walked: a few with the suite, thousands by ``make proofs``.
"""

import datetime
import os

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crm.errors import Refusal
from tests.cast import record_visit
from tests.steps import needed, register
from visits.models import Problem, ProblemStep
from visits.models.problems import Proof, State
from visits.problems.workflow import task_answer
from visits.problems.workflow.engine import TABLE, obstacle, take_step

WALKS = int(os.environ.get("CRM_WALKS", 40))
PEOPLE = [
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
    "audit_admin",
    None,
]
#: What alone may move the limit of the first clock.
MOVES_LIMIT = {"grant_extension", "resume", "plan"}

pytestmark = pytest.mark.django_db


class Walk(RuleBasedStateMachine):
    """One problem, led on by whoever wants to, while time passes."""

    cast = None
    monkeypatch = None

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = datetime.datetime(2026, 9, 21, 2, 0, tzinfo=datetime.UTC)
        self.monkeypatch.setattr(timezone, "now", lambda: self.now)
        self.problem = register(self.cast, visit=None)
        self.steps = 1

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(name=st.sampled_from(sorted(TABLE)), person=st.sampled_from(PEOPLE))
    def anybody_tries_anything(self, name, person):
        self.try_step(TABLE[name], person and getattr(self.cast, person))

    @rule(choice=st.integers(0, 10**6))
    def somebody_takes_a_step_that_is_open(self, choice):
        people = [person and getattr(self.cast, person) for person in PEOPLE]
        problem = Problem.objects.get(pk=self.problem.pk)
        ways = [
            (row, by)
            for row in TABLE.values()
            for by in people
            if obstacle(row, problem, by) is None
        ]
        if ways:
            self.try_step(*ways[choice % len(ways)])

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours):
        self.now += datetime.timedelta(hours=hours)

    @precondition(lambda self: self.problem.lead_unit_id is not None)
    @rule()
    def a_helping_unit_answers(self):
        task = self.problem.tasks.filter(answered_at__isnull=True).select_related("problem").first()
        if task is not None:
            try:
                task_answer(task=task, answer="已协助。", by=self.cast.sun)
                self.steps += 1
            except Refusal:
                pass

    def try_step(self, row, by):
        before = Problem.objects.select_related("dispatch_unit").get(pk=self.problem.pk)
        allowed = obstacle(row, before, by) is None
        values = {} if not allowed else needed_now(self.cast, row, before)
        try:
            take_step(row, problem=before, by=by, **values)
        except Refusal:
            return
        assert allowed
        self.steps += 1
        after = Problem.objects.get(pk=self.problem.pk)
        assert after.state in (row.to, self.problem.state) and self.problem.state in row.sources
        if row.name not in MOVES_LIMIT:
            assert after.due_at == self.problem.due_at, row.name
        assert after.due_at >= self.problem.due_at, row.name
        self.problem = after

    @invariant()
    def the_history_is_complete(self):
        steps = list(ProblemStep.objects.filter(problem=self.problem).order_by("position"))
        assert [step.position for step in steps] == list(range(1, self.steps + 1))
        for earlier, later in zip(steps, steps[1:], strict=False):
            assert earlier.new_state == later.old_state and earlier.at <= later.at
        assert steps[-1].new_state == Problem.objects.get(pk=self.problem.pk).state

    @invariant()
    def the_row_agrees_with_its_state(self):
        problem = Problem.objects.get(pk=self.problem.pk)
        assert problem.state in State.values
        assert (problem.ended_on is not None) == (problem.state in State.ENDED)
        runs = problem.state in State.LATE_POSSIBLE and problem.paused_at is None
        assert problem.overdue_from == (problem.due_at if runs else None)
        assert (problem.follow_up_until is not None) == (problem.state == State.FOLLOW_UP)
        assert (problem.proof != Proof.NONE) == (
            problem.state in {State.CLOSED, State.SOLVED_ON_SPOT}
        )
        assert (problem.lead_unit_id is not None) or problem.state in {
            State.REGISTERED,
            State.ACCEPTED,
            State.RETURNED,
            State.WITHDRAWN,
            State.SOLVED_ON_SPOT,
        }


def needed_now(cast, row, problem):
    if row.name == "verify":
        return {"visit": record_visit(cast, cast.li, problem.enterprise, started_at=timezone.now())}
    return needed(cast, row, problem)


def test_no_walk_leads_astray(cast, monkeypatch):
    Walk.cast, Walk.monkeypatch = cast, monkeypatch
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
