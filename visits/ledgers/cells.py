"""What the cells of a ledger of problems say: each a function of the problem and its clock."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from visits.models.problems import Proof, State
from visits.problems.clocks import day_of, days_late


def day_shown(moment) -> Any:
    return moment and timezone.localdate(moment)


def accepted_on(problem, clock) -> Any:
    accepted = [step for step in problem.ledger_steps if step.verb == "accept"]
    return day_shown(accepted[-1].at) if accepted else None


def moved(problem, clock) -> Any:
    """Each granted extension with its new limit, and each pause with its days."""
    told, since = [], None
    for step in problem.ledger_steps:
        if step.verb == "grant_extension" and step.due_at:
            told.append(_("extended to %(day)s") % {"day": day_of(step.due_at)})
        elif step.verb == "pause":
            since = day_shown(step.at)
        elif step.verb == "resume" and since:
            told.append(
                _("paused %(since)s to %(until)s") % {"since": since, "until": day_shown(step.at)}
            )
            since = None
    if problem.paused_at:
        told.append(
            _("paused since %(since)s: %(reason)s")
            % {
                "since": day_shown(problem.paused_at),
                "reason": problem.get_pause_reason_display(),
            }
        )
    return "；".join(told)


def late(problem, clock) -> bool | None:
    late = days_late(problem, clock.calendar, clock.now)
    return None if late is None else late > 0


def rating(problem, clock) -> Any:
    rated = [feedback.rating for feedback in problem.ledger_feedback if feedback.rating]
    return rated[-1] if rated else None


def followed_up(problem, clock) -> str:
    if problem.ledger_feedback:
        return _("By the enterprise's own link")
    if problem.state == State.UNCONFIRMED:
        return _("The enterprise did not answer")
    return {Proof.VISIT: _("By a visit"), Proof.ON_SPOT: _("During the visit")}.get(
        problem.proof, ""
    )


def solved(problem, clock) -> str:
    if problem.is_solved:
        return f"{_('Yes')}\n{problem.get_proof_display()}"
    return _("No") if problem.ended_on else ""


def first_category(problem, clock) -> Any:
    category = problem.category
    return category and (category.parent or category).name


def second_category(problem, clock) -> Any:
    return problem.category.name if problem.category and problem.category.parent_id else ""
