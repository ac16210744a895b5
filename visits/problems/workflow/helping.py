"""The part of a unit that helps."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid
from crm.writing.audit import record
from visits.attachments.services import files_take
from visits.models import Problem, ProblemStep, ProblemTask
from visits.models.problems import State
from visits.problems.notifications import tell_step
from visits.problems.workflow.engine import write_step
from visits.problems.workflow.permissions import user_in


def task_answer(*, task, answer, by, files=None, shown=()):
    """Say what a helping unit did.

    Exactly one answer is taken, with its ``files`` (as in take_step). Returns the task.
    """
    problem = task.problem
    if not (user_in(by, task.unit_id) and problem.state in State.LATE_POSSIBLE):
        raise Conflict(_("This part cannot be answered by you, or not any more."))
    if not answer.strip():
        raise Invalid(errors={"answer": [_("Say what was done.")]})
    now = timezone.now()
    with transaction.atomic():
        answered = ProblemTask.objects.filter(pk=task.pk, answered_at__isnull=True).update(
            answered_at=now, answered_by=getattr(by, "officer", None), answer=answer.strip()
        )
        if not answered:
            raise Conflict()
        moved = Problem.objects.filter(pk=problem.pk, version=problem.version).update(
            version=problem.version + 1, updated_at=now
        )
        if not moved:
            raise Conflict()
        record("problem.help", by=by, target=problem, unit=task.unit.code)
        step = write_step(
            ProblemStep(
                problem=problem,
                verb="help",
                old_state=problem.state,
                new_state=problem.state,
                at=now,
                by=by,
                unit_id=by.unit_id,
                why=answer.strip()[:2000],
                due_at=problem.due_at,
            )
        )
        if files is not None:
            files_take(form_uid=files, problem=problem, step=step, by=by, shown=shown)
        tell_step(problem, step)
    task.refresh_from_db()
    return task
