"""The part of a unit that helps."""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid
from crm.models import User
from crm.writing.audit import record
from visits.attachments.services import files_take
from visits.models import ProblemTask
from visits.models.problems import State
from visits.problems.notifications import tell_step
from visits.problems.workflow.engine import PROBLEMS
from visits.problems.workflow.permissions import user_in


def task_answer(
    *,
    task: ProblemTask,
    answer: str,
    by: User,
    files: uuid.UUID | None = None,
    shown: Collection[str] = (),
) -> ProblemTask:
    """Say what a helping unit did.

    Exactly one answer is taken, with its ``files`` (as in take_step). Returns the task.
    """
    problem, answer = task.problem, answer.strip()
    if not (user_in(by, task.unit_id) and problem.state in State.LATE_POSSIBLE):
        raise Conflict(_("This part cannot be answered by you, or not any more."))
    if not answer:
        raise Invalid(errors={"answer": [_("Say what was done.")]})
    with transaction.atomic():
        _write(task, answer, by)
        record("problem.help", by=by, target=problem, unit=task.unit.code)
        step = PROBLEMS.note(problem, "help", by=by, why=answer)
        if files is not None:
            files_take(form_uid=files, target=problem, step=step, by=by, shown=shown)
        tell_step(problem, step)
    task.refresh_from_db()
    return task


def _write(task: ProblemTask, answer: str, by: User) -> None:
    """Write the answer of a part that has none yet; Conflict where it has."""
    waiting = ProblemTask.objects.filter(pk=task.pk, answered_at__isnull=True)
    if not waiting.update(
        answered_at=timezone.now(), answered_by=getattr(by, "officer", None), answer=answer
    ):
        raise Conflict()
