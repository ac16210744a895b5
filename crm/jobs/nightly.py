"""Work of every night: done once a night, from settings.NIGHTLY_HOUR on, and made up for when
nobody was there then.

A night is named by the day on which its hour lies, local time. The last night that a work was done
for is kept with the database (NightlyRun), so that it does not matter which of beat, worker and
machine was off at that hour, or for how long: beat wakes each work at the hour, and looks every
quarter of an hour for what was missed.
"""

import datetime
import functools
import logging
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from crm.models import NightlyRun

log = logging.getLogger(__name__)

#: So long after it began, a work that never ended is taken for dead and may begin again; one that
#: failed, too.
LEASE = datetime.timedelta(hours=1)

_works = {}


def once(function) -> Any:
    """Make a function the work of a night: called again that night it does nothing.

    Its name is the work's.
    """

    @functools.wraps(function)
    def work() -> None:
        _perform(function.__name__, function)

    _works[function.__name__] = work
    return work


def run_missed() -> None:
    """Do every registered work that has not been done for this night."""
    for work in _works.values():
        work()


def night_of(moment) -> Any:
    """The night (a date) that a moment belongs to."""
    return (timezone.localtime(moment) - datetime.timedelta(hours=settings.NIGHTLY_HOUR)).date()


def _perform(name, function) -> None:
    now = timezone.now()
    night = night_of(now)
    if not _claim(name, night, now):
        return
    try:
        function()
    except Exception:  # of whatever kind: it keeps none of the other works, and is tried again
        log.exception("The nightly work %s failed; it is tried again in an hour.", name)
        return
    NightlyRun.objects.filter(name=name).update(night=night, begun_at=None, ended_at=timezone.now())


def _claim(name, night, now) -> bool:
    """Whether the work is this caller's to do: exactly one of many that ask at the same time is
    told so.
    """
    undone = Q(night__isnull=True) | Q(night__lt=night)
    free = Q(begun_at__isnull=True) | Q(begun_at__lt=now - LEASE)
    if not NightlyRun.objects.filter(name=name).exists():
        NightlyRun.objects.bulk_create([NightlyRun(name=name)], ignore_conflicts=True)
    return bool(NightlyRun.objects.filter(undone, free, name=name).update(begun_at=now))
