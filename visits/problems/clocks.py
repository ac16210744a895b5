"""When a problem is due: the one clock that starts with its report, and never starts again by
itself.
"""

import datetime
from typing import Any

from django.utils import timezone

from crm.calendar import DAY, WorkingCalendar, at, midnight
from visits.models.limits import Measure, limit_for


def due_moment(start, urgency, category=None, calendar=None) -> Any:
    """The moment at which a problem that came at ``start`` (aware) becomes overdue.

    A limit in days runs to the end of its last working day, the day of ``start`` not counted; one
    in hours counts the office's hours.
    """
    amount, measure = limit_for(urgency, category)
    return moment_after(start, amount, measure, calendar or WorkingCalendar())


def moment_after(start, amount, measure, calendar) -> Any:
    """The moment at which ``amount`` of ``measure`` (Measure) has passed since ``start``."""
    if measure == Measure.HOURS:
        return calendar.add_working_hours(start, amount)
    return end_of(calendar.add_working_days(timezone.localdate(start), amount))


def end_of(day) -> datetime.datetime:
    """The first moment after ``day`` (a date): whatever is due on that day is overdue from then on."""
    return midnight(day + DAY)


def day_of(due_at) -> datetime.date:
    """The day on which something due at that moment is due: midnight still belongs to the day
    before.
    """
    return timezone.localdate(due_at - datetime.timedelta(microseconds=1))


def shifted(due_at, paused_at, now, calendar) -> Any:
    """``due_at`` moved by the working time that a pause took: by whole working days where a day's
    end was the limit.
    """
    local = timezone.localtime(due_at)
    if local.time() == datetime.time():
        lost = calendar.working_days_between(timezone.localdate(paused_at), timezone.localdate(now))
        return end_of(calendar.add_working_days(day_of(due_at), lost)) if lost else due_at
    lost = calendar.hours_between(paused_at, now)
    return calendar.add_working_hours(due_at, lost.total_seconds() / 3600) if lost else due_at


def warns_at(due_at, calendar) -> datetime.datetime:
    """The moment from which a problem counts as nearly due: one working day before its last."""
    return at(calendar.add_working_days(day_of(due_at), -1), datetime.time())


def days_late(problem, calendar, now) -> int | None:
    """Working days begun between the limit's end and the answer, or ``now`` while there is none.

    0 in time.

    None where nothing can be said: it ended without an answer, or has no limit.
    """
    end = problem.handled_at or (None if problem.ended_on else problem.paused_at or now)
    if end is None or problem.due_at is None:
        return None
    if end < problem.due_at:
        return 0
    return max(1, calendar.working_days_between(day_of(problem.due_at), timezone.localdate(end)))
