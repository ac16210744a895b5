"""What a common cause's history and those of its problems hold of what is done with it."""

from django.db.models import F, Max
from django.utils import timezone

from crm.text.words import shortened
from crm.writing.audit import record
from visits.models import CauseStep, Problem, ProblemStep


def write_histories(cause, problems, verb, *, by, why, at):
    """A step in each problem's history, which leaves state and clock alone, and one in the cause's."""
    Problem.objects.filter(pk__in=[problem.pk for problem in problems]).update(
        version=F("version") + 1, updated_at=at
    )
    last = (
        ProblemStep.objects.filter(problem__in=problems)
        .order_by()
        .values_list("problem")
        .annotate(last=Max("position"))
    )
    last, told = dict(last), f"“{cause.title}”\n{why}".strip()
    ProblemStep.objects.bulk_create(
        ProblemStep(
            problem=problem,
            position=last.get(problem.pk, 0) + 1,
            verb=f"{verb}_cause",
            old_state=problem.state,
            new_state=problem.state,
            at=at,
            by=by,
            unit_id=by.unit_id,
            why=shortened(told, 1999),
            due_at=problem.due_at,
        )
        for problem in problems
    )
    CauseStep.objects.bulk_create(
        CauseStep(
            cause=cause, verb=verb, at=at, by=by, unit_id=by.unit_id, problem=problem, why=why
        )
        for problem in problems
    )
    for problem in problems:
        problem.version += 1
        record(f"problem.{verb}_cause", by=by, target=problem, cause=str(cause.uid))


def note_step(cause, verb, *, by, why=""):
    return CauseStep.objects.create(
        cause=cause, verb=verb, at=timezone.now(), by=by, unit_id=by.unit_id, why=why
    )
