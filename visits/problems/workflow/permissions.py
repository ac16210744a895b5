"""Who may take which step, when; and the states that several steps share."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.db.scope import Scope
from crm.models import User
from crm.workflow import whose
from liaisons.models import Assignment, Officer
from visits.models import Problem
from visits.models.limits import Measure
from visits.models.problems import State
from visits.problems.clocks import day_of, moment_after

ON_THE_WAY = {State.ASSIGNED, State.ACKNOWLEDGED, State.IN_PROGRESS}
BEFORE_WORK = {State.REGISTERED, State.ACCEPTED, State.RETURNED}
AT_WORK = {State.ACKNOWLEDGED, State.IN_PROGRESS}
WAITING = {State.FOLLOW_UP, State.UNCONFIRMED}


def manages(user: User, unit_id: int | None) -> bool:
    """Whether ``user`` answers for the unit: manages it or one above it."""
    return (
        unit_id is not None
        and user.role in Problem.roles_for["change"]
        and unit_id in Scope.of(user).managed_units
    )


@whose(gettext_lazy("managers of the dispatching unit"))
def dispatcher(user, problem) -> bool:
    """Who manages the dispatching unit or one above it."""
    return manages(user, problem.dispatch_unit_id)


@whose(gettext_lazy("the handling unit"))
def lead(user, problem) -> Any:
    """Who serves in the handling unit, or manages it."""
    in_it = user.unit_id == problem.lead_unit_id and user.role in Problem.roles_for["change"]
    return problem.lead_unit_id is not None and (in_it or manages(user, problem.lead_unit_id))


@whose(gettext_lazy("the reporting officer, or managers of the dispatching unit"))
def reporter(user, problem) -> Any:
    """Who reported it, or dispatches it."""
    return user.pk == problem.officer_id or dispatcher(user, problem)


@whose(gettext_lazy("managers above the dispatching unit"))
def above(user, problem) -> Any:
    """Who manages a unit above the dispatching one."""
    return dispatcher(user, problem) and user.unit_id != problem.dispatch_unit_id


@whose(
    gettext_lazy(
        "who visited or reported it, who leads or deputises at the enterprise today, or managers of the dispatching unit"
    )
)
def follower(user, problem) -> Any:
    """Who follows up with the enterprise: who was there or is there for it, and who dispatches the
    problem.
    """
    return reporter(user, problem) or (
        user.role in Problem.roles_for["change"] and _knows_the_enterprise(user, problem)
    )


def _knows_the_enterprise(user, problem) -> bool:
    """Whether an officer was at the visit that brought the problem, or is assigned to the
    enterprise today.
    """
    was_there = (
        Q(visits=problem.visit_id) | Q(accompanied=problem.visit_id) if problem.visit_id else Q()
    )
    assigned = (
        Assignment.objects.current().filter(enterprise=problem.enterprise_id).values("officer")
    )
    return Officer.objects.filter(was_there | Q(pk__in=assigned), pk=user.pk).exists()


@whose(gettext_lazy("whoever may report a problem"))
def caller(user, problem) -> bool:
    """Who may report problems at all: what one may see of them, the scope has said."""
    return user.role in Problem.roles_for["create"]


def user_in(user, unit_id) -> Any:
    """Whether ``user`` serves in a unit or manages it."""
    return user.role in Problem.roles_for["change"] and (
        user.unit_id == unit_id or manages(user, unit_id)
    )


def not_paused(problem) -> str | None:
    """A paused problem is first resumed."""
    return _("Its clock is paused. Resume it first.") if problem.paused_at else None


def may_object(problem) -> str | None:
    """What is not ours goes back within the limit for objecting, counted from the assignment."""
    if problem.assigned_at is None:
        return None
    ends = moment_after(
        problem.assigned_at, settings.OBJECTION_DAYS, Measure.DAYS, WorkingCalendar()
    )
    if timezone.now() >= ends:
        return _("It can be returned until %(day)s only. Ask the dispatching unit.") % {
            "day": day_of(ends)
        }
    return None


def may_ask_for_more(problem) -> str | None:
    """An extension is asked for once at a time, and some working days before the limit."""
    if problem.extension_until:
        return _("An extension has been asked for already and is not decided yet.")
    last = WorkingCalendar().add_working_days(day_of(problem.due_at), -settings.EXTENSION_DAYS)
    if timezone.localdate() > last:
        return _("An extension had to be asked for by %(day)s.") % {"day": last}
    return not_paused(problem)


def asked_for_more(problem) -> str | None:
    return None if problem.extension_until else _("No extension has been asked for.")


def is_paused(problem) -> str | None:
    return None if problem.paused_at else _("Its clock is not paused.")


def not_supervised(problem) -> str | None:
    return (
        _("It is supervised already, under %(number)s.") % {"number": problem.supervised_no}
        if problem.supervised_no
        else None
    )


def has_parent(problem) -> str | None:
    return (
        _("There is no unit above this one.")
        if problem.dispatch_unit is None or problem.dispatch_unit.parent_id is None
        else None
    )
