"""A problem comes to the unit that handles it."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.errors import Invalid
from visits.models import Problem, ProblemStep, ProblemTask
from visits.models.limits import Measure
from visits.models.problems import State
from visits.problems.clocks import moment_after
from visits.problems.workflow.engine import transition
from visits.problems.workflow.permissions import (
    BEFORE_WORK,
    dispatcher,
    has_parent,
    lead,
    may_object,
)

#: Units that help with one problem.
MOST_HELPERS = 10


@transition(
    "accept",
    gettext_lazy("Accept"),
    sources={State.REGISTERED},
    to=State.ACCEPTED,
    who=dispatcher,
    icon="check",
    main=True,
)
def problem_accept(problem, *, step, by) -> dict:
    """Take the problem up. Its clock has been running since it was reported."""
    return {}


@transition(
    "assign",
    gettext_lazy("Assign"),
    sources={State.ACCEPTED, State.RETURNED},
    to=State.ASSIGNED,
    who=dispatcher,
    fields=("unit", "helpers"),
    icon="send",
    main=True,
)
def problem_assign(problem, *, step, by, unit, helpers=()) -> dict[str, Any]:
    """Give the problem to one unit that leads and to any number that help, each of these with its
    own limit.
    """
    helpers = [helper for helper in dict.fromkeys(helpers) if helper != unit]
    if unit.closed_on is not None or any(helper.closed_on is not None for helper in helpers):
        raise Invalid(errors={"unit": [_("This unit is closed.")]})
    if len(helpers) > MOST_HELPERS:
        raise Invalid(
            errors={"helpers": [_("At most %(count)d units help.") % {"count": MOST_HELPERS}]}
        )
    step.to_unit = unit

    def parts(problem: Problem, step: ProblemStep) -> None:
        due_at = moment_after(step.at, settings.CO_HANDLER_DAYS, Measure.DAYS, WorkingCalendar())
        ProblemTask.objects.filter(problem=problem, answered_at__isnull=True).exclude(
            unit__in=helpers
        ).delete()
        ProblemTask.objects.bulk_create(
            [ProblemTask(problem=problem, unit=helper, due_at=due_at) for helper in helpers],
            ignore_conflicts=True,
        )

    return {"lead_unit": unit, "handler": None, "assigned_at": step.at, "follow": (parts,)}


@transition(
    "acknowledge",
    gettext_lazy("Acknowledge"),
    sources={State.ASSIGNED},
    to=State.ACKNOWLEDGED,
    who=lead,
    icon="eye-check",
    main=True,
)
def problem_acknowledge(problem, *, step, by) -> dict[str, Any]:
    """Say that the handling unit has it; whoever does becomes its handler."""
    return {"handler": getattr(by, "officer", None)}


@transition(
    "give_back",
    gettext_lazy("Return: not ours"),
    sources={State.ASSIGNED, State.ACKNOWLEDGED},
    to=State.RETURNED,
    who=lead,
    guard=may_object,
    needs_why=True,
    icon="arrow-back-up",
)
def problem_give_back(problem, *, step, by) -> dict[str, None]:
    """Give back what another unit has to handle, within the limit for objecting."""
    step.to_unit = problem.dispatch_unit
    return {"lead_unit": None, "handler": None, "assigned_at": None}


@transition(
    "raise",
    gettext_lazy("Raise to the parent unit"),
    sources=BEFORE_WORK,
    to=State.REGISTERED,
    who=dispatcher,
    guard=has_parent,
    needs_why=True,
    icon="arrow-up",
)
def problem_raise(problem, *, step, by) -> dict[str, Any]:
    """Let the unit above dispatch the problem."""
    step.to_unit = problem.dispatch_unit.parent
    return {"dispatch_unit": problem.dispatch_unit.parent}
