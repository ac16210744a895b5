"""Notices are deleted on schedule.

Those of a state that lasts stay longer, or a sweep would tell them again.
"""

import datetime

import pytest
from django.utils import timezone

from crm.models import Notice
from crm.notices.services import expire_notices, notice_for, tell
from crm.tasks import expire_notices as task

pytestmark = pytest.mark.django_db


def told(cast, kind, days):
    """A notice of 小李's that is so many days old."""
    tell([notice_for(cast.li.pk, kind, "停车难", "/", key=f"{kind}:{days}")])
    Notice.objects.filter(key=f"{kind}:{days}").update(
        at=timezone.now() - datetime.timedelta(days=days)
    )


def kept():
    return set(Notice.objects.values_list("key", flat=True))


def test_each_sort_is_kept_for_its_time(cast, settings):
    settings.NOTICE_DAYS, settings.LASTING_NOTICE_DAYS = 10, 100
    for kind in ("problem.assigned", "problem.overdue"):
        for days in (9, 11, 99, 101):
            told(cast, kind, days)
    assert expire_notices() == 4
    assert kept() == {
        "problem.assigned:9",
        "problem.overdue:9",
        "problem.overdue:11",
        "problem.overdue:99",
    }
    assert expire_notices() == 0


def test_the_scheduled_task_deletes_in_lots(cast, settings, monkeypatch):
    settings.NOTICE_DAYS = 10
    monkeypatch.setattr("crm.notices.services.BATCH", 2)
    for days in range(11, 16):
        told(cast, "problem.assigned", days)
    task()
    assert kept() == set()


def test_it_is_on_the_schedule(settings):
    assert "crm.tasks.expire_notices" in {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
