"""What a common cause's history and those of its problems hold of what is done with it."""

import datetime

from django.utils import timezone

from crm.models import User
from crm.text.words import shortened
from crm.workflow import LONGEST_WHY
from crm.writing.audit import record
from visits.models import CauseStep, CommonCause, Problem
from visits.problems.workflow.engine import PROBLEMS


def write_histories(
    cause: CommonCause,
    problems: list[Problem],
    verb: str,
    *,
    by: User,
    why: str,
    at: datetime.datetime,
) -> None:
    """A step in each problem's history, which leaves state and clock alone, and one in the cause's."""
    told = shortened(f"“{cause.title}”\n{why}".strip(), LONGEST_WHY - 1)
    PROBLEMS.note_all(problems, f"{verb}_cause", by=by, at=at, why=told)
    CauseStep.objects.bulk_create(
        CauseStep(
            cause=cause, verb=verb, at=at, by=by, unit_id=by.unit_id, problem=problem, why=why
        )
        for problem in problems
    )
    for problem in problems:
        record(f"problem.{verb}_cause", by=by, target=problem, cause=str(cause.uid))


def note_step(cause, verb, *, by, why="") -> CauseStep:
    return CauseStep.objects.create(
        cause=cause, verb=verb, at=timezone.now(), by=by, unit_id=by.unit_id, why=why
    )
