"""How problems travel (crm.workflow): their table, and what a step of theirs brings about.

Each step in visits.problems.workflow is a row of the table: its states, who may take it, what
guards it. Pages, API, admin and tasks call the step; buttons, the API's list of possible steps and
the diagram in docs/ read the table.
"""

import uuid
from collections.abc import Collection

from django.db.models import F
from django.utils import timezone

from crm.models import User
from crm.workflow import Transition, Workflow
from crm.writing.rows import move_state
from visits.attachments.services import enclosing
from visits.models import Problem, ProblemStep, Visit
from visits.models.problems import State
from visits.problems.notifications import tell_step


def move(problem: Problem, *, to: str, by: User | None, verb: str, **changes) -> Problem:
    """Move a problem by one conditional UPDATE, its clock with it.

    The clock runs or stands as the state that is led to and a pause demand it: no other state stops
    it.
    """
    due_at = changes.setdefault("due_at", problem.due_at)
    runs = to in State.LATE_POSSIBLE and changes.get("paused_at", problem.paused_at) is None
    overdue_from = due_at if runs else None
    return move_state(problem, to=to, by=by, verb=verb, **changes, overdue_from=overdue_from)


def touch_visit(problem: Problem) -> None:
    """Let summaries of the visit that reported the problem be superseded."""
    if problem.visit_id:
        Visit.objects.filter(pk=problem.visit_id).update(
            facts_version=F("facts_version") + 1, updated_at=timezone.now()
        )


def supersede(problem: Problem, step: ProblemStep) -> None:
    """A summary says how the problems of its visit stand."""
    touch_visit(problem)


PROBLEMS = Workflow(
    Problem, ProblemStep, of="problem", move=move, after_step=(tell_step, supersede)
)
TABLE, transition = PROBLEMS.table, PROBLEMS.transition
obstacle, possible_steps, write_step = PROBLEMS.obstacle, PROBLEMS.possible, PROBLEMS.write


def take_step(
    row: Transition,
    *,
    problem: Problem,
    by: User | None,
    files: uuid.UUID | None = None,
    shown: Collection[str] = (),
    **values,
) -> Problem:
    """Take one step of a problem (Workflow.take) with the files that were sent for it.

    ``files`` is the uid of the form that they were sent for (visits.attachments.services); those
    named in ``shown`` the enterprise may see.
    """
    then = () if files is None else (enclosing(files, shown),)
    return PROBLEMS.take(row, problem, by=by, then=then, **values)
