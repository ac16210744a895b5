"""A problem ends in another way, begins again, or is put under supervision."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Unit
from visits.models import Problem
from visits.models.problems import Proof, State
from visits.problems.workflow.engine import transition
from visits.problems.workflow.permissions import above, caller, dispatcher, not_supervised, reporter
from visits.problems.workflow.proving import redo_fields


@transition(
    "solve_on_spot",
    gettext_lazy("Solved on the spot"),
    sources={State.REGISTERED, State.ACCEPTED},
    to=State.SOLVED_ON_SPOT,
    who=reporter,
    guard=lambda problem: (
        None
        if problem.visit_id
        else _("Only what was reported in a visit can be solved during it.")
    ),
    icon="bolt",
)
def problem_solve_on_spot(problem, *, step, by) -> dict[str, Any]:
    """Say that it was solved during the visit in which it was reported."""
    return {"proof": Proof.ON_SPOT, "ended_on": problem.reported_on, "handled_at": step.at}


@transition(
    "withdraw",
    gettext_lazy("Withdraw"),
    sources=State.OPEN - {State.FOLLOW_UP, State.UNDER_REVIEW, State.ANSWERED},
    to=State.WITHDRAWN,
    who=reporter,
    needs_why=True,
    icon="trash",
)
def problem_withdraw(problem, *, step, by) -> dict[str, Any]:
    """End what the enterprise does not want to be followed any more, or what was entered in error."""
    return {
        "ended_on": timezone.localdate(),
        "paused_at": None,
        "pause_reason": "",
        "extension_until": None,
    }


@transition(
    "reopen",
    gettext_lazy("Reopen"),
    sources={State.CLOSED, State.SOLVED_ON_SPOT, State.UNCONFIRMED, State.WITHDRAWN},
    to=State.IN_PROGRESS,
    who=dispatcher,
    needs_why=True,
    icon="refresh",
)
def problem_reopen(problem, *, step, by) -> dict[str, Any]:
    """Take up again what has come back, on the first clock."""
    return redo_fields(problem)


@transition(
    "supervise",
    gettext_lazy("Supervise"),
    sources=State.OPEN,
    to=None,
    who=above,
    guard=not_supervised,
    needs_why=True,
    icon="urgent",
)
def problem_supervise(problem, *, step, by) -> dict[str, str]:
    """Put the problem under supervision, with a numbered order of the supervising unit."""
    return {"supervised_no": _order_number(by.unit, step.at)}


def _order_number(unit, at) -> str:
    """The next number of a unit's supervision orders of the year, as 市局督〔2026〕3号."""
    head = f"{unit.short_name}督〔{timezone.localdate(at).year}〕"
    Unit.objects.select_for_update().filter(
        pk=unit.pk
    ).first()  # numbers of one unit are given out one after another
    taken = Problem.objects.filter(supervised_no__startswith=head).values_list(
        "supervised_no", flat=True
    )
    return f"{head}{max((int(number[len(head) : -1]) for number in taken), default=0) + 1}号"


@transition(
    "again",
    gettext_lazy("Reported again"),
    sources=State.OPEN,
    to=None,
    who=caller,
    needs_why=True,
    icon="repeat",
)
def problem_again(problem, *, step, by) -> dict[str, Any]:
    """Add to a problem that is on its way what the enterprise says of it once more, instead of
    entering it twice.
    """
    return {"repeats": problem.repeats + 1}
