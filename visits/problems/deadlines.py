"""Limits that come near, pass, and are past for long: states that a sweep reads off the clocks, and
tells of once.

Nothing is remembered between two sweeps but the notices themselves: each sweep asks what is nearly
due, overdue or overdue for long *now* and tells whoever has not been told. So a sweep that did not
run for days is made up for by the next one, and one that runs twice tells nothing twice. A notice's
key holds the day of the limit: a limit that was moved is told of anew.

    one working day before    the handler, or everybody of the handling unit
    overdue                   the handler, and who manages the handling unit
    so many working days      who manages it, the unit above, and the one above that (settings.ESCALATION_DAYS)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from crm.calendar import WorkingCalendar
from crm.models import Unit, User
from crm.notices.people import People
from crm.notices.services import tell
from visits.models import Problem, ProblemTask
from visits.models.problem_states import State, near_due
from visits.models.problems import overdue
from visits.problems.clocks import day_of, end_of
from visits.problems.notifications import notice_about

#: Rows that are looked at with one set of statements.
BATCH = 500


@dataclass(frozen=True)
class Limit:
    """A clock that somebody has to keep: that of a problem, or of a helping unit's part in it."""

    problem: Problem
    unit: Unit  # that has it in hand
    due_at: object
    handler: int | None = None
    everybody: bool = True  # of the unit are warned, where there is no handler
    part: bool = False

    def key(self, state) -> str:
        """Names the state of this limit; another day is another limit."""
        part = f"part:{self.unit.pk}:" if self.part else ""
        return f"problem:{self.problem.uid}:{part}{state}:{day_of(self.due_at)}"

    def kind(self, state) -> str:
        return f"problem.part_{state}" if self.part else f"problem.{state}"


def sweep_due() -> int:
    """Tell of every limit that is nearly due, overdue, or overdue for long.

    Returns how many notices were new.
    """
    calendar, now, told = WorkingCalendar(), timezone.now(), 0

    @cache
    def levels(day) -> int:
        """How many levels of settings.ESCALATION_DAYS an overdue limit of that day has reached."""
        return sum(
            now >= end_of(calendar.add_working_days(day, days)) for days in settings.ESCALATION_DAYS
        )

    until = end_of(calendar.add_working_days(timezone.localdate(now), 1))
    for limits in _batches(until):
        people = People({limit.unit for limit in limits})
        told += tell(notice for limit in limits for notice in _notices(limit, people, now, levels))
    return told


def _batches(until) -> Iterator[list[Limit]]:
    """Lists of the limits that are due before ``until`` or were: problems whose clock runs, then
    helping units' open parts.
    """
    problems = Problem.objects.filter(near_due(until) | overdue()).select_related(
        "lead_unit", "dispatch_unit", "enterprise"
    )
    for rows in _lots(problems):
        handlers = _at_work({row.handler_id for row in rows})
        yield [limit for row in rows if (limit := _limit(row, handlers)) is not None]
    parts = ProblemTask.objects.filter(
        answered_at__isnull=True,
        due_at__lte=until,
        problem__state__in=State.LATE_POSSIBLE,
        problem__paused_at__isnull=True,
    )
    for rows in _lots(parts.select_related("problem__enterprise", "unit")):
        yield [Limit(row.problem, row.unit, row.due_at, part=True) for row in rows]


def _lots(queryset) -> Iterator[list]:
    """The rows by their keys, BATCH at a time."""
    last = 0
    while rows := list(queryset.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield rows
        last = rows[-1].pk


def _at_work(officers) -> set:
    """Those of some officers (keys) whose account is in use."""
    return set(
        User.objects.filter(Q(pk__in=officers - {None}), is_active=True).values_list(
            "pk", flat=True
        )
    )


def _limit(problem, handlers) -> Limit | None:
    """The limit of a problem, in the hands of the unit that handles it, or that has yet to assign
    it.
    """
    unit = problem.lead_unit or problem.dispatch_unit
    if unit is None:
        return None
    handler = problem.handler_id if problem.handler_id in handlers else None
    return Limit(
        problem, unit, problem.overdue_from, handler, everybody=problem.lead_unit is not None
    )


def _notices(limit, people, now, levels) -> Iterator[Any]:
    """Every notice that the state of a limit asks for, whether told already or not."""
    if limit.due_at > now:
        waiting = (
            [limit.handler]
            if limit.handler
            else people.serving(limit.unit)
            if limit.everybody
            else people.managing(limit.unit)
        )
        yield from _told(limit, "warning", "warning", waiting)
        return
    yield from _told(
        limit, "overdue", "overdue", {*filter(None, [limit.handler]), *people.managing(limit.unit)}
    )
    for level in range(levels(day_of(limit.due_at))):
        yield from _told(
            limit, "escalated", f"late{level + 1}", people.managing(limit.unit, above=level)
        )


def _told(limit, kind, state, persons) -> Iterator[Any]:
    for person in persons:
        yield notice_about(
            limit.problem, person, limit.kind(kind), limit.key(state), due_at=limit.due_at
        )
