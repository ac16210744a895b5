"""Working days and office hours, from the own calendar table; Monday to Friday beyond its end."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone

from crm.models import CalendarDay

DAY = datetime.timedelta(days=1)


class WorkingCalendar:
    """The published calendar, read once and asked often.

    ``known_until`` is the last published day: a date beyond it is computed as Monday to Friday, and
    whoever shows such a date says so.
    """

    def __init__(self) -> None:
        self.days = dict(CalendarDay.objects.values_list("day", "is_working"))
        self.known_until = datetime.date(max(self.days).year, 12, 31) if self.days else None

    def is_working(self, day) -> Any:
        """Whether ``day`` (a date) is a working day."""
        return self.days.get(day, day.weekday() < 5)

    def is_known(self, day) -> Any:
        """Whether the calendar of ``day`` (a date) has been published."""
        return self.known_until is not None and day <= self.known_until

    def add_working_days(self, start, count) -> Any:
        """The date ``count`` working days after ``start``, or before it for a negative count.

        ``start`` does not count.
        """
        day, step = start, DAY if count > 0 else -DAY
        left = abs(count)
        while left > 0:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, start, end) -> Any:
        """How many working days lie after ``start`` up to and with ``end`` (dates).

        0 where ``end`` is not later.
        """
        count, day = 0, start
        while day < end:
            day += DAY
            count += self.is_working(day)
        return count

    def add_working_hours(self, start, hours) -> datetime.datetime:
        """The moment when ``hours`` of office time (settings.OFFICE_HOURS, local) have passed since
        ``start`` (aware).
        """
        left, moment = datetime.timedelta(hours=hours), timezone.localtime(start)
        while True:
            for opens, closes in self._office(moment.date()):
                opens = max(opens, moment)
                if closes - opens >= left:
                    return opens + left
                left -= max(closes - opens, datetime.timedelta())
            moment = midnight(moment.date() + DAY)

    def hours_between(self, start, end) -> datetime.timedelta:
        """How much office time (a timedelta) lies between two moments."""
        total, day, last = datetime.timedelta(), timezone.localdate(start), timezone.localdate(end)
        while day <= last:
            for opens, closes in self._office(day):
                total += max(min(closes, end) - max(opens, start), datetime.timedelta())
            day += DAY
        return total

    def _office(self, day) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
        if self.is_working(day):
            for opens, closes in settings.OFFICE_HOURS:
                yield at(day, opens), at(day, closes)


def at(day, time) -> datetime.datetime:
    """The local moment of a date and a time of day (a ``datetime.time``, or its ISO form)."""
    time = datetime.time.fromisoformat(time) if isinstance(time, str) else time
    return timezone.make_aware(datetime.datetime.combine(day, time))


def midnight(day) -> datetime.datetime:
    """The local moment at which a date begins."""
    return at(day, datetime.time())
