"""Limits of how often something may be done in a span of time: counted in the cache, and without
one in the database.

Spans begin at whole multiples of their length. Where the cache goes away or comes back within a
span, the count begins anew there: within that one span, twice the limit may pass.
"""

import datetime
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.models import RateCount


def counted(what, *, seconds) -> Any:
    """How often ``what`` (a text that names who does what) has been done in the present span, with
    this time.

    With the embedded default's cache, which is each process's own, it is counted in each process.
    """
    now = timezone.now()
    key = f"{what[:80]}:{int(now.timestamp()) // seconds}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the cache is away, or it is full and has dropped the counter
        return _counted_in_database(key, now + datetime.timedelta(seconds=seconds))


def _counted_in_database(key, ends_at) -> Any:
    """The same by one row, whose lock lets those who count at once in one by one."""
    with transaction.atomic():
        RateCount.objects.bulk_create([RateCount(key=key, ends_at=ends_at)], ignore_conflicts=True)
        RateCount.objects.filter(key=key).update(count=F("count") + 1)
        return RateCount.objects.values_list("count", flat=True).get(key=key)


def expire_counts() -> int:
    """Delete the counters of spans that are over; returns how many."""
    return RateCount.objects.filter(ends_at__lt=timezone.now()).delete()[0]
