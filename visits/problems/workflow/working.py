"""The handling unit is at work, and what moves its limit."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid
from visits.models import Problem, ProblemStep, ProblemTask
from visits.models.problems import Pause, State
from visits.problems.clocks import day_of, end_of, shifted
from visits.problems.workflow.engine import transition
from visits.problems.workflow.permissions import (
    AT_WORK,
    ON_THE_WAY,
    asked_for_more,
    dispatcher,
    is_paused,
    lead,
    may_ask_for_more,
    not_paused,
)


@transition(
    "start",
    gettext_lazy("Start work"),
    sources={State.ACKNOWLEDGED},
    to=State.IN_PROGRESS,
    who=lead,
    icon="player-play",
    main=True,
)
def problem_start(problem, *, step, by) -> dict[str, Any]:
    """Say that work has begun."""
    return {"handler": problem.handler or getattr(by, "officer", None)}


@transition(
    "answer",
    gettext_lazy("Answer"),
    sources={*AT_WORK, State.PLANNED, State.OUTSIDE},
    to=State.ANSWERED,
    who=lead,
    fields=("result", "reply"),
    guard=not_paused,
    icon="message-check",
    main=True,
)
def problem_answer(problem, *, step, by, result, reply) -> dict[str, Any]:
    """Say what was done (for the police) and what the enterprise is told.

    The clock stops here, and runs on if it is redone.
    """
    errors = {}
    if not result.strip():
        errors["result"] = [_("Say what was done.")]
    if not reply.strip():
        errors["reply"] = [_("Say what the enterprise is told.")]
    if errors:
        raise Invalid(errors=errors)
    return {
        "result": result.strip(),
        "reply": reply.strip(),
        "handled_at": step.at,
        "extension_until": None,
    }


@transition(
    "ask_extension",
    gettext_lazy("Ask for an extension"),
    sources=ON_THE_WAY,
    to=None,
    who=lead,
    fields=("until",),
    guard=may_ask_for_more,
    needs_why=True,
    icon="calendar-plus",
)
def problem_ask_extension(problem, *, step, by, until) -> dict[str, Any]:
    """Ask for more time; the clock runs on until that is granted."""
    calendar = WorkingCalendar()
    longest = calendar.add_working_days(problem.reported_on, settings.LONGEST_HANDLING_DAYS)
    if until <= day_of(problem.due_at):
        raise Invalid(
            errors={
                "until": [
                    _("This is not later than the limit, %(day)s.")
                    % {"day": day_of(problem.due_at)}
                ]
            }
        )
    if until > longest:
        raise Invalid(
            errors={
                "until": [
                    _("At the latest %(day)s; plan the problem for later instead.")
                    % {"day": longest}
                ]
            }
        )
    step.detail = until.isoformat()
    return {"extension_until": until}


@transition(
    "grant_extension",
    gettext_lazy("Grant the extension"),
    sources=ON_THE_WAY,
    to=None,
    who=dispatcher,
    guard=asked_for_more,
    icon="calendar-check",
    main=True,
)
def problem_grant_extension(problem, *, step, by) -> dict[str, Any]:
    """Move the limit to the day that was asked for, unless it lies later by now."""
    due_at = max(end_of(problem.extension_until), problem.due_at)
    return {"due_at": due_at, "due_on": day_of(due_at), "extension_until": None}


@transition(
    "refuse_extension",
    gettext_lazy("Refuse the extension"),
    sources=ON_THE_WAY,
    to=None,
    who=dispatcher,
    guard=asked_for_more,
    needs_why=True,
    icon="calendar-x",
)
def problem_refuse_extension(problem, *, step, by) -> dict[str, None]:
    """Leave the limit as it is."""
    return {"extension_until": None}


@transition(
    "pause",
    gettext_lazy("Pause the clock"),
    sources={*ON_THE_WAY, State.OUTSIDE},
    to=None,
    who=dispatcher,
    fields=("reason",),
    guard=not_paused,
    needs_why=True,
    icon="player-pause",
)
def problem_pause(problem, *, step, by, reason) -> dict[str, Any]:
    """Let the clock stand still for one of the named reasons."""
    if reason not in Pause.values:
        raise Invalid(
            errors={"reason": [_("A clock is paused for one of the named reasons only.")]}
        )
    if problem.is_overdue:
        raise Conflict(_("It is overdue already: its clock cannot be paused any more."))
    step.detail = reason
    return {"paused_at": step.at, "pause_reason": reason}


@transition(
    "resume",
    gettext_lazy("Let the clock run on"),
    sources={*ON_THE_WAY, State.OUTSIDE},
    to=None,
    who=dispatcher,
    guard=is_paused,
    icon="player-play",
    main=True,
)
def problem_resume(problem, *, step, by) -> dict[str, Any]:
    """Let the clocks run on: their ends, and the day that an extension was asked until, move by the
    working time of the pause.
    """
    calendar, asked, paused_at = WorkingCalendar(), problem.extension_until, problem.paused_at
    due_at = shifted(problem.due_at, paused_at, step.at, calendar)

    def parts(problem: Problem, step: ProblemStep) -> None:
        open_parts = ProblemTask.objects.filter(
            problem=problem, answered_at__isnull=True, due_at__gt=paused_at
        )
        for part in open_parts:
            part.due_at = shifted(part.due_at, paused_at, step.at, calendar)
        ProblemTask.objects.bulk_update(open_parts, ["due_at"])

    return {
        "due_at": due_at,
        "due_on": day_of(due_at),
        "paused_at": None,
        "pause_reason": "",
        "extension_until": asked and day_of(shifted(end_of(asked), paused_at, step.at, calendar)),
        "follow": (parts,),
    }


@transition(
    "plan",
    gettext_lazy("Plan for later"),
    sources={State.ACCEPTED, *AT_WORK},
    to=State.PLANNED,
    who=dispatcher,
    fields=("until",),
    guard=not_paused,
    needs_why=True,
    icon="calendar-time",
)
def problem_plan(problem, *, step, by, until) -> dict[str, Any]:
    """Say by which day something that takes long is to be solved.

    From that day on it is overdue.
    """
    if until <= day_of(problem.due_at):
        raise Invalid(
            errors={
                "until": [
                    _("This is not later than the limit, %(day)s.")
                    % {"day": day_of(problem.due_at)}
                ]
            }
        )
    if until > timezone.localdate() + datetime.timedelta(days=3 * 366):
        raise Invalid(errors={"until": [_("Plan at most three years ahead.")]})
    lead_unit = problem.lead_unit or problem.dispatch_unit
    return {
        "planned_for": until,
        "due_at": end_of(until),
        "due_on": until,
        "lead_unit": lead_unit,
        "extension_until": None,
        "assigned_at": problem.assigned_at or step.at,
    }


@transition(
    "pass_outside",
    gettext_lazy("Pass outside the police"),
    sources={State.ACCEPTED, State.RETURNED, *AT_WORK},
    to=State.OUTSIDE,
    who=dispatcher,
    fields=("body",),
    guard=not_paused,
    needs_why=True,
    icon="building-bank",
)
def problem_pass_outside(problem, *, step, by, body) -> dict[str, Any]:
    """Pass on what another body has to do.

    We stay with it: the handling unit asks there and answers the enterprise.
    """
    if not body.strip():
        raise Invalid(errors={"body": [_("Say which body it was passed to.")]})
    step.detail = body.strip()[:100]
    return {
        "outside_body": step.detail,
        "lead_unit": problem.lead_unit or problem.dispatch_unit,
        "assigned_at": problem.assigned_at or step.at,
        "extension_until": None,
    }


@transition(
    "take_back",
    gettext_lazy("Take up again"),
    sources={State.OUTSIDE, State.PLANNED},
    to=State.IN_PROGRESS,
    who=dispatcher,
    guard=not_paused,
    needs_why=True,
    icon="arrow-back",
)
def problem_take_back(problem, *, step, by) -> dict:
    """Handle here again what was passed outside or planned; its limit is the one that stood."""
    return {}
