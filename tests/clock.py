"""A clock that tests set: whoever asks django.utils.timezone for the time gets the one that was
set.
"""

from django.utils import timezone

from crm.calendar import at


class Clock:
    """``clock("2026-11-02", "10:00")`` sets the local time.

    The named days are those of the published calendar.
    """

    def __init__(self, monkeypatch):
        self._patch = monkeypatch

    def __call__(self, day, time="10:00"):
        moment = at(timezone.datetime.fromisoformat(day).date(), time)
        self._patch.setattr(timezone, "now", lambda: moment)
        return moment
