"""The steps of a problem (domain.md §3), each a row of the table in visits.transitions.travel.

Registered problems lie with the unit that reported them. Its managers (or those above) accept and assign; one unit
leads, others may help; the lead answers; the dispatcher reviews and lets the enterprise or a later visit say whether
the problem is solved. The clock starts with the report and never starts again: only a pause for a named reason, a
granted extension or a plan with a date moves its end, and each of them is a step that everyone sees.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid, Missing
from crm.models import Unit
from crm.records import record
from visits.clocks import day_of, end_of, moment_after, shifted
from visits.models import Problem, ProblemStep, ProblemTask, Visit
from visits.models.limits import Measure
from visits.models.problems import Pause, Proof, State
from visits.transitions.telling import tell_step
from visits.transitions.travel import manages, verb, whose, write_step

ON_THE_WAY = {State.ASSIGNED, State.ACKNOWLEDGED, State.IN_PROGRESS}
BEFORE_WORK = {State.REGISTERED, State.ACCEPTED, State.RETURNED}
AT_WORK = {State.ACKNOWLEDGED, State.IN_PROGRESS}
WAITING = {State.FOLLOW_UP, State.UNCONFIRMED}
#: Units that help with one problem.
MOST_HELPERS = 10


# --- who -------------------------------------------------------------------------------------------------------------
@whose(gettext_lazy("managers of the dispatching unit"))
def dispatcher(user, problem):
    """Who manages the dispatching unit or one above it."""
    return manages(user, problem.dispatch_unit_id)


@whose(gettext_lazy("the handling unit"))
def lead(user, problem):
    """Who serves in the handling unit, or manages it."""
    in_it = user.unit_id == problem.lead_unit_id and user.role in Problem.roles_for["change"]
    return problem.lead_unit_id is not None and (in_it or manages(user, problem.lead_unit_id))


@whose(gettext_lazy("the reporting officer, or managers of the dispatching unit"))
def reporter(user, problem):
    """Who reported it, or dispatches it."""
    return user.pk == problem.officer_id or dispatcher(user, problem)


@whose(gettext_lazy("managers above the dispatching unit"))
def above(user, problem):
    """Who manages a unit above the dispatching one."""
    return dispatcher(user, problem) and user.unit_id != problem.dispatch_unit_id


@whose(gettext_lazy("the officer who made the visit, or managers of the dispatching unit"))
def follower(user, problem):
    """Who follows up: the reporter, the dispatchers, and whoever is assigned to the enterprise."""
    return reporter(user, problem) or problem.unit_id == user.unit_id and user.role in Problem.roles_for["change"]


# --- guards -----------------------------------------------------------------------------------------------------------
def not_paused(problem):
    """A paused problem is first resumed."""
    return _("Its clock is paused. Resume it first.") if problem.paused_at else None


def may_object(problem):
    """What is not ours goes back within the limit for objecting, counted from the assignment."""
    if problem.assigned_at is None:
        return None
    ends = moment_after(problem.assigned_at, settings.OBJECTION_DAYS, Measure.DAYS, WorkingCalendar())
    if timezone.now() >= ends:
        return _("It can be returned until %(day)s only. Ask the dispatching unit.") % {"day": day_of(ends)}
    return None


def may_ask_for_more(problem):
    """An extension is asked for once at a time, and some working days before the limit."""
    if problem.extension_until:
        return _("An extension has been asked for already and is not decided yet.")
    last = WorkingCalendar().add_working_days(day_of(problem.due_at), -settings.EXTENSION_DAYS)
    if timezone.localdate() > last:
        return _("An extension had to be asked for by %(day)s.") % {"day": last}
    return not_paused(problem)


def asked_for_more(problem):
    return None if problem.extension_until else _("No extension has been asked for.")


def is_paused(problem):
    return None if problem.paused_at else _("Its clock is not paused.")


def not_supervised(problem):
    return _("It is supervised already, under %(number)s.") % {"number": problem.supervised_no} if problem.supervised_no else None


def has_parent(problem):
    return _("There is no unit above this one.") if problem.dispatch_unit is None or problem.dispatch_unit.parent_id is None else None


# --- to the handling unit ---------------------------------------------------------------------------------------------
@verb("accept", gettext_lazy("Accept"), sources={State.REGISTERED}, to=State.ACCEPTED, who=dispatcher, icon="check", main=True)
def problem_accept(problem, *, step, by):
    """Take the problem up. Its clock has been running since it was reported."""
    return {}


@verb(
    "assign", gettext_lazy("Assign"), sources={State.ACCEPTED, State.RETURNED}, to=State.ASSIGNED, who=dispatcher,
    fields=("unit", "helpers"), icon="send", main=True,
)  # fmt: skip
def problem_assign(problem, *, step, by, unit, helpers=()):
    """Give the problem to one unit that leads and to any number that help, each of these with its own limit."""
    helpers = [helper for helper in dict.fromkeys(helpers) if helper != unit]
    if unit.closed_on is not None or any(helper.closed_on is not None for helper in helpers):
        raise Invalid(errors={"unit": [_("This unit is closed.")]})
    if len(helpers) > MOST_HELPERS:
        raise Invalid(errors={"helpers": [_("At most %(count)d units help.") % {"count": MOST_HELPERS}]})
    step.to_unit = unit

    def parts():
        due_at = moment_after(step.at, settings.CO_HANDLER_DAYS, Measure.DAYS, WorkingCalendar())
        ProblemTask.objects.filter(problem=problem, answered_at__isnull=True).exclude(unit__in=helpers).delete()
        ProblemTask.objects.bulk_create(
            [ProblemTask(problem=problem, unit=helper, due_at=due_at) for helper in helpers], ignore_conflicts=True
        )

    return {"lead_unit": unit, "handler": None, "assigned_at": step.at, "follow": (parts,)}


@verb("acknowledge", gettext_lazy("Acknowledge"), sources={State.ASSIGNED}, to=State.ACKNOWLEDGED, who=lead, icon="eye-check", main=True)
def problem_acknowledge(problem, *, step, by):
    """Say that the handling unit has it; whoever does becomes its handler."""
    return {"handler": getattr(by, "officer", None)}


@verb(
    "give_back", gettext_lazy("Return: not ours"), sources={State.ASSIGNED, State.ACKNOWLEDGED}, to=State.RETURNED, who=lead,
    guard=may_object, needs_why=True, icon="arrow-back-up",
)  # fmt: skip
def problem_give_back(problem, *, step, by):
    """Give back what another unit has to handle, within the limit for objecting."""
    step.to_unit = problem.dispatch_unit
    return {"lead_unit": None, "handler": None, "assigned_at": None}


@verb(
    "raise", gettext_lazy("Raise to the parent unit"), sources=BEFORE_WORK, to=State.REGISTERED, who=dispatcher, guard=has_parent,
    needs_why=True, icon="arrow-up",
)  # fmt: skip
def problem_raise(problem, *, step, by):
    """Let the unit above dispatch the problem."""
    step.to_unit = problem.dispatch_unit.parent
    return {"dispatch_unit": problem.dispatch_unit.parent}


# --- at work ----------------------------------------------------------------------------------------------------------
@verb("start", gettext_lazy("Start work"), sources={State.ACKNOWLEDGED}, to=State.IN_PROGRESS, who=lead, icon="player-play", main=True)
def problem_start(problem, *, step, by):
    """Say that work has begun."""
    return {"handler": problem.handler or getattr(by, "officer", None)}


@verb(
    "answer", gettext_lazy("Answer"), sources={*AT_WORK, State.PLANNED, State.OUTSIDE}, to=State.ANSWERED, who=lead,
    fields=("result", "reply"), guard=not_paused, icon="message-check", main=True,
)  # fmt: skip
def problem_answer(problem, *, step, by, result, reply):
    """Say what was done (for the house) and what the enterprise is told. The clock stops here, and runs on if it is redone."""
    errors = {}
    if not result.strip():
        errors["result"] = [_("Say what was done.")]
    if not reply.strip():
        errors["reply"] = [_("Say what the enterprise is told.")]
    if errors:
        raise Invalid(errors=errors)
    return {"result": result.strip(), "reply": reply.strip(), "handled_at": step.at, "extension_until": None}


@verb(
    "ask_extension", gettext_lazy("Ask for an extension"), sources=ON_THE_WAY, to=None, who=lead, fields=("until",),
    guard=may_ask_for_more, needs_why=True, icon="calendar-plus",
)  # fmt: skip
def problem_ask_extension(problem, *, step, by, until):
    """Ask for more time; the clock runs on until that is granted."""
    calendar = WorkingCalendar()
    longest = calendar.add_working_days(problem.reported_on, settings.LONGEST_HANDLING_DAYS)
    if until <= day_of(problem.due_at):
        raise Invalid(errors={"until": [_("This is not later than the limit, %(day)s.") % {"day": day_of(problem.due_at)}]})
    if until > longest:
        raise Invalid(errors={"until": [_("At the latest %(day)s; plan the problem for later instead.") % {"day": longest}]})
    return {"extension_until": until}


@verb(
    "grant_extension", gettext_lazy("Grant the extension"), sources=ON_THE_WAY, to=None, who=dispatcher, guard=asked_for_more,
    icon="calendar-check", main=True,
)  # fmt: skip
def problem_grant_extension(problem, *, step, by):
    """Move the limit to the day that was asked for."""
    due_at = end_of(problem.extension_until)
    return {"due_at": due_at, "due_on": day_of(due_at), "extension_until": None}


@verb(
    "refuse_extension", gettext_lazy("Refuse the extension"), sources=ON_THE_WAY, to=None, who=dispatcher, guard=asked_for_more,
    needs_why=True, icon="calendar-x",
)  # fmt: skip
def problem_refuse_extension(problem, *, step, by):
    """Leave the limit as it is."""
    return {"extension_until": None}


@verb(
    "pause", gettext_lazy("Pause the clock"), sources={*ON_THE_WAY, State.OUTSIDE}, to=None, who=dispatcher, fields=("reason",),
    guard=not_paused, needs_why=True, icon="player-pause",
)  # fmt: skip
def problem_pause(problem, *, step, by, reason):
    """Let the clock stand still for one of the named reasons."""
    if reason not in Pause.values:
        raise Invalid(errors={"reason": [_("A clock is paused for one of the named reasons only.")]})
    if problem.is_overdue:
        raise Conflict(_("It is overdue already: its clock cannot be paused any more."))
    return {"paused_at": step.at, "pause_reason": reason}


@verb(
    "resume", gettext_lazy("Let the clock run on"), sources={*ON_THE_WAY, State.OUTSIDE}, to=None, who=dispatcher, guard=is_paused,
    icon="player-play", main=True,
)  # fmt: skip
def problem_resume(problem, *, step, by):
    """Let the clock run on: its end moves by the working time that the pause took."""
    due_at = shifted(problem.due_at, problem.paused_at, step.at, WorkingCalendar())
    return {"due_at": due_at, "due_on": day_of(due_at), "paused_at": None, "pause_reason": ""}


@verb(
    "plan", gettext_lazy("Plan for later"), sources={State.ACCEPTED, *AT_WORK}, to=State.PLANNED, who=dispatcher, fields=("until",),
    guard=not_paused, needs_why=True, icon="calendar-time",
)  # fmt: skip
def problem_plan(problem, *, step, by, until):
    """Say by which day something that takes long is to be solved; from that day on it is overdue."""
    if until <= day_of(problem.due_at):
        raise Invalid(errors={"until": [_("This is not later than the limit, %(day)s.") % {"day": day_of(problem.due_at)}]})
    if until > timezone.localdate() + datetime.timedelta(days=3 * 366):
        raise Invalid(errors={"until": [_("Plan at most three years ahead.")]})
    lead_unit = problem.lead_unit or problem.dispatch_unit
    return {
        "planned_for": until, "due_at": end_of(until), "due_on": until, "lead_unit": lead_unit, "extension_until": None,
        "assigned_at": problem.assigned_at or step.at,
    }  # fmt: skip


@verb(
    "pass_outside", gettext_lazy("Pass outside the police"), sources={State.ACCEPTED, State.RETURNED, *AT_WORK}, to=State.OUTSIDE,
    who=dispatcher, fields=("body",), guard=not_paused, needs_why=True, icon="building-bank",
)  # fmt: skip
def problem_pass_outside(problem, *, step, by, body):
    """Pass on what another body has to do. We stay with it: the handling unit asks there and answers the enterprise."""
    if not body.strip():
        raise Invalid(errors={"body": [_("Say which body it was passed to.")]})
    return {
        "outside_body": body.strip()[:100], "lead_unit": problem.lead_unit or problem.dispatch_unit,
        "assigned_at": problem.assigned_at or step.at, "extension_until": None,
    }  # fmt: skip


@verb(
    "take_back", gettext_lazy("Take up again"), sources={State.OUTSIDE, State.PLANNED}, to=State.IN_PROGRESS, who=dispatcher,
    guard=not_paused, needs_why=True, icon="arrow-back",
)  # fmt: skip
def problem_take_back(problem, *, step, by):
    """Handle here again what was passed outside or planned; its limit is the one that stood."""
    return {}


# --- proof ------------------------------------------------------------------------------------------------------------
@verb("review", gettext_lazy("Review"), sources={State.ANSWERED}, to=State.UNDER_REVIEW, who=dispatcher, icon="eye", main=True)
def problem_review(problem, *, step, by):
    """Take an answer up for review."""
    return {}


@verb(
    "approve", gettext_lazy("Approve the answer"), sources={State.UNDER_REVIEW}, to=State.FOLLOW_UP, who=dispatcher,
    icon="checks", main=True,
)  # fmt: skip
def problem_approve(problem, *, step, by):
    """Let the enterprise say whether the problem is solved; it is waited for so many working days (settings.SILENCE_DAYS)."""
    return {"follow_up_until": moment_after(step.at, settings.SILENCE_DAYS, Measure.DAYS, WorkingCalendar())}


@verb(
    "send_back", gettext_lazy("Send back for more work"), sources={State.UNDER_REVIEW}, to=State.IN_PROGRESS, who=dispatcher,
    needs_why=True, icon="arrow-back",
)  # fmt: skip
def problem_send_back(problem, *, step, by):
    """Ask for a better answer, on the first clock."""
    return {"handled_at": None}


@verb(
    "confirm", gettext_lazy("The enterprise confirms"), sources=WAITING, to=State.CLOSED, who=whose(gettext_lazy("the enterprise"))(
        lambda user, problem: False
    ), icon="circle-check", by_system=True,
)  # fmt: skip
def problem_confirm(problem, *, step, by):
    """Close what the enterprise says is solved: its own word, through its own door."""
    return _closed(Proof.ENTERPRISE)


@verb(
    "verify", gettext_lazy("Verify by a visit"), sources=WAITING, to=State.CLOSED, who=follower, fields=("visit",), icon="map-pin-check",
    main=True,
)  # fmt: skip
def problem_verify(problem, *, step, by, visit):
    """Close what a later visit to the enterprise has seen to be solved."""
    if not Visit.objects.visible_to(by).filter(pk=visit.pk, enterprise=problem.enterprise_id).exists():
        raise Missing()
    if visit.withdrawn_at or visit.kind not in Visit.Kind.VISITS:
        raise Invalid(errors={"visit": [_("Only a visit in person verifies; this one was by telephone or was withdrawn.")]})
    if visit.started_at < problem.handled_at:
        raise Invalid(errors={"visit": [_("This visit was before the answer. Choose one made since.")]})
    step.visit = visit
    return _closed(Proof.VISIT)


def _closed(proof):
    return {"proof": proof, "ended_on": timezone.localdate(), "follow_up_until": None}


@verb(
    "dispute", gettext_lazy("The enterprise is not satisfied"), sources=WAITING, to=State.IN_PROGRESS, who=follower, needs_why=True,
    icon="thumb-down", by_system=True,
)  # fmt: skip
def problem_dispute(problem, *, step, by):
    """Redo what the enterprise does not accept, on the first clock: it is late at once where that is past."""
    return _again(problem)


def _again(problem):
    return {
        "redone": problem.redone + 1, "handled_at": None, "ended_on": None, "follow_up_until": None, "proof": Proof.NONE,
        "lead_unit": problem.lead_unit or problem.dispatch_unit, "assigned_at": problem.assigned_at or timezone.now(),
    }  # fmt: skip


@verb(
    "fall_silent", gettext_lazy("The enterprise did not answer"), sources={State.FOLLOW_UP}, to=State.UNCONFIRMED,
    who=whose(gettext_lazy("the system"))(lambda user, problem: False), icon="clock-off", by_system=True,
    guard=lambda problem: None if problem.follow_up_until and problem.follow_up_until <= timezone.now()
    else _("The enterprise still has time to answer."),
)  # fmt: skip
def problem_fall_silent(problem, *, step, by):
    """Note that the enterprise said nothing: answered, and neither confirmed nor solved."""
    return {"ended_on": timezone.localdate(), "follow_up_until": None}


# --- ends and beginnings ----------------------------------------------------------------------------------------------
@verb(
    "solve_on_spot", gettext_lazy("Solved on the spot"), sources={State.REGISTERED, State.ACCEPTED}, to=State.SOLVED_ON_SPOT,
    who=reporter, guard=lambda problem: None if problem.visit_id else _("Only what was reported in a visit can be solved during it."),
    icon="bolt",
)  # fmt: skip
def problem_solve_on_spot(problem, *, step, by):
    """Say that it was solved during the visit in which it was reported."""
    return {"proof": Proof.ON_SPOT, "ended_on": problem.reported_on, "handled_at": step.at}


@verb(
    "withdraw", gettext_lazy("Withdraw"), sources=State.OPEN - {State.FOLLOW_UP, State.UNDER_REVIEW, State.ANSWERED}, to=State.WITHDRAWN,
    who=reporter, needs_why=True, icon="trash",
)  # fmt: skip
def problem_withdraw(problem, *, step, by):
    """End what the enterprise does not want to be followed any more, or what was entered in error."""
    return {
        "ended_on": timezone.localdate(), "paused_at": None, "pause_reason": "", "extension_until": None,
    }  # fmt: skip


@verb(
    "reopen", gettext_lazy("Reopen"), sources={State.CLOSED, State.SOLVED_ON_SPOT, State.UNCONFIRMED, State.WITHDRAWN},
    to=State.IN_PROGRESS, who=dispatcher, needs_why=True, icon="refresh",
)  # fmt: skip
def problem_reopen(problem, *, step, by):
    """Take up again what has come back, on the first clock."""
    return _again(problem)


@verb(
    "supervise", gettext_lazy("Supervise"), sources=State.OPEN, to=None, who=above, guard=not_supervised, needs_why=True,
    icon="urgent",
)  # fmt: skip
def problem_supervise(problem, *, step, by):
    """Put the problem under supervision, with a numbered order of the supervising unit."""
    return {"supervised_no": _order_number(by.unit, step.at)}


def _order_number(unit, at):
    """The next number of a unit's supervision orders of the year, as 市局督〔2026〕3号."""
    head = f"{unit.short_name}督〔{timezone.localdate(at).year}〕"
    Unit.objects.select_for_update().filter(pk=unit.pk).first()  # numbers of one unit are given out one after another
    taken = Problem.objects.filter(supervised_no__startswith=head).values_list("supervised_no", flat=True)
    return f"{head}{max((int(number[len(head):-1]) for number in taken), default=0) + 1}号"


# --- the part of a helping unit ---------------------------------------------------------------------------------------
def task_answer(*, task, answer, by):
    """Say what a helping unit did; exactly one answer is taken. Returns the task."""
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
        moved = Problem.objects.filter(pk=problem.pk, version=problem.version).update(version=problem.version + 1, updated_at=now)
        if not moved:
            raise Conflict()
        record("problem.help", by=by, target=problem, unit=task.unit.code)
        step = write_step(ProblemStep(
            problem=problem, verb="help", old_state=problem.state, new_state=problem.state, at=now, by=by, unit_id=by.unit_id,
            why=answer.strip()[:2000], due_at=problem.due_at,
        ))  # fmt: skip
        tell_step(problem, step)
    task.refresh_from_db()
    return task


def user_in(user, unit_id):
    """Whether ``user`` serves in a unit or manages it."""
    return user.role in Problem.roles_for["change"] and (user.unit_id == unit_id or manages(user, unit_id))


def sweep_follow_ups(limit=500):
    """Let every follow-up whose time is over fall silent; returns how many. Run again, it finds what was missed."""
    waiting = Problem.objects.filter(state=State.FOLLOW_UP, follow_up_until__lte=timezone.now()).order_by("follow_up_until", "pk")[:limit]
    done = 0
    for problem in waiting:
        try:
            problem_fall_silent(problem=problem, by=None)
            done += 1
        except Conflict:  # somebody was faster
            continue
    return done
