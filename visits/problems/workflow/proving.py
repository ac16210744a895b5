"""What shows that a problem is solved, and not only handled."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid, Missing
from crm.workflow import whose
from visits.models import Problem, Visit
from visits.models.limits import Measure
from visits.models.problems import Proof, State
from visits.problems.clocks import moment_after
from visits.problems.workflow.engine import transition
from visits.problems.workflow.permissions import WAITING, dispatcher, follower


@transition(
    "review",
    gettext_lazy("Review"),
    sources={State.ANSWERED},
    to=State.UNDER_REVIEW,
    who=dispatcher,
    icon="eye",
    main=True,
)
def problem_review(problem, *, step, by) -> dict:
    """Take an answer up for review."""
    return {}


@transition(
    "approve",
    gettext_lazy("Approve the answer"),
    sources={State.UNDER_REVIEW},
    to=State.FOLLOW_UP,
    who=dispatcher,
    icon="checks",
    main=True,
)
def problem_approve(problem, *, step, by) -> dict[str, datetime.datetime]:
    """Let the enterprise say whether the problem is solved.

    It is waited for so many working days (settings.SILENCE_DAYS).
    """
    return {
        "follow_up_until": moment_after(
            step.at, settings.SILENCE_DAYS, Measure.DAYS, WorkingCalendar()
        )
    }


@transition(
    "send_back",
    gettext_lazy("Send back for more work"),
    sources={State.UNDER_REVIEW},
    to=State.IN_PROGRESS,
    who=dispatcher,
    needs_why=True,
    icon="arrow-back",
)
def problem_send_back(problem, *, step, by) -> dict[str, None]:
    """Ask for a better answer, on the first clock."""
    return {"handled_at": None}


@transition(
    "confirm",
    gettext_lazy("The enterprise confirms"),
    sources=WAITING,
    to=State.CLOSED,
    who=whose(gettext_lazy("the enterprise"))(lambda user, problem: False),
    icon="circle-check",
    by_system=True,
)
def problem_confirm(problem, *, step, by) -> dict[str, Any]:
    """Close what the enterprise says is solved: its own word, through the portal."""
    return _closed(Proof.ENTERPRISE)


@transition(
    "verify",
    gettext_lazy("Verify by a visit"),
    sources=WAITING,
    to=State.CLOSED,
    who=follower,
    fields=("visit",),
    icon="map-pin-check",
    main=True,
)
def problem_verify(problem, *, step, by, visit) -> dict[str, Any]:
    """Close what a later visit to the enterprise has seen to be solved."""
    if (
        not Visit.objects.visible_to(by)
        .filter(pk=visit.pk, enterprise=problem.enterprise_id)
        .exists()
    ):
        raise Missing()
    if visit.withdrawn_at or visit.kind not in Visit.Kind.VISITS:
        raise Invalid(
            errors={
                "visit": [
                    _(
                        "Only a visit in person verifies; this one was by telephone or was withdrawn."
                    )
                ]
            }
        )
    if visit.started_at < problem.handled_at:
        raise Invalid(
            errors={"visit": [_("This visit was before the answer. Choose one made since.")]}
        )
    step.visit = visit
    return _closed(Proof.VISIT)


def _closed(proof) -> dict[str, Any]:
    return {"proof": proof, "ended_on": timezone.localdate(), "follow_up_until": None}


@transition(
    "dispute",
    gettext_lazy("The enterprise is not satisfied"),
    sources=WAITING,
    to=State.IN_PROGRESS,
    who=follower,
    needs_why=True,
    icon="thumb-down",
    by_system=True,
)
def problem_dispute(problem, *, step, by) -> dict[str, Any]:
    """Redo what the enterprise does not accept, on the first clock: it is late at once where that
    is past.
    """
    return redo_fields(problem)


def redo_fields(problem) -> dict[str, Any]:
    return {
        "redone": problem.redone + 1,
        "handled_at": None,
        "ended_on": None,
        "follow_up_until": None,
        "proof": Proof.NONE,
        "lead_unit": problem.lead_unit or problem.dispatch_unit,
        "assigned_at": problem.assigned_at or timezone.now(),
    }


@transition(
    "fall_silent",
    gettext_lazy("The enterprise did not answer"),
    sources={State.FOLLOW_UP},
    to=State.UNCONFIRMED,
    who=whose(gettext_lazy("the system"))(lambda user, problem: False),
    icon="clock-off",
    by_system=True,
    guard=lambda problem: (
        None
        if problem.follow_up_until and problem.follow_up_until <= timezone.now()
        else _("The enterprise still has time to answer.")
    ),
)
def problem_fall_silent(problem, *, step, by) -> dict[str, Any]:
    """Note that the enterprise said nothing: answered, and neither confirmed nor solved."""
    return {"ended_on": timezone.localdate(), "follow_up_until": None}


def sweep_follow_ups(limit=500) -> int:
    """Let every follow-up whose time is over fall silent; returns how many.

    Run again, it finds what was missed.
    """
    waiting = Problem.objects.filter(
        state=State.FOLLOW_UP, follow_up_until__lte=timezone.now()
    ).order_by("follow_up_until", "pk")[:limit]
    done = 0
    for problem in waiting:
        try:
            problem_fall_silent(problem=problem, by=None)
            done += 1
        except Conflict:  # somebody was faster
            continue
    return done
