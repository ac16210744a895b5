"""Working days, from the own calendar table; Monday to Friday beyond its end."""

import datetime

from crm.models import CalendarDay


class WorkingCalendar:
    """The published calendar, read once and asked often.

    ``known_until`` is the last published day: a date beyond it is computed as Monday to Friday, and whoever shows
    such a date says so.
    """

    def __init__(self):
        self.days = dict(CalendarDay.objects.values_list("day", "is_working"))
        self.known_until = datetime.date(max(self.days).year, 12, 31) if self.days else None

    def is_working(self, day):
        """Whether ``day`` (a date) is a working day."""
        return self.days.get(day, day.weekday() < 5)

    def add_working_days(self, start, count):
        """The date ``count`` working days after ``start``; ``start`` itself does not count."""
        day = start
        while count > 0:
            day += datetime.timedelta(days=1)
            count -= self.is_working(day)
        return day
