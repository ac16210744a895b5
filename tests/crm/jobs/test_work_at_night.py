"""Works of the night are done once a night, at their hour or as soon as somebody is there again."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery.schedules import crontab
from django.db import connection, connections

from crm.jobs import nightly
from crm.models import NightlyRun
from crm.tasks import run_missed

NIGHTLY = {
    "crm.tasks.expire_notices",
    "visits.tasks.sweep_uploads",
    "visits.tasks.reconcile_rollups",
}


@pytest.fixture
def works(monkeypatch):
    """Two works and no others; ``done`` counts how often each was done, ``ill`` makes one fail."""
    monkeypatch.setattr(nightly, "_works", {})
    works = {"done": {"count": 0, "sweep": 0}, "ill": set()}

    def work(name):
        def function():
            if name in works["ill"]:
                raise RuntimeError("no disk")
            works["done"][name] += 1

        function.__name__ = name
        return nightly.once(function)

    return works | {name: work(name) for name in ("count", "sweep")}


@pytest.mark.django_db
def test_a_work_is_done_once_a_night(works, clock):
    clock("2026-11-02", "03:00")
    works["count"]()
    clock("2026-11-02", "23:00")
    works["count"]()
    clock("2026-11-03", "02:59")  # still the night before
    works["count"]()
    assert works["done"]["count"] == 1
    clock("2026-11-03", "03:00")
    works["count"]()
    assert works["done"]["count"] == 2
    assert NightlyRun.objects.get().night == datetime.date(2026, 11, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "back",
    [("2026-11-05", "09:20"), ("2026-11-06", "01:10")],
    ids=["by day", "before the next hour"],
)
def test_what_was_missed_is_made_up_for_once(works, clock, back):
    clock("2026-11-02", "03:00")
    run_missed()
    clock(*back)
    for _check in range(3):
        run_missed()
    assert works["done"] == {"count": 2, "sweep": 2}


@pytest.mark.django_db
def test_one_that_fails_keeps_no_other_and_is_tried_again_in_an_hour(works, clock, caplog):
    works["ill"].add("count")
    clock("2026-11-02", "03:00")
    run_missed()
    assert works["done"] == {"count": 0, "sweep": 1} and "count failed" in caplog.text
    works["ill"].clear()
    clock("2026-11-02", "03:45")
    run_missed()
    assert works["done"]["count"] == 0
    clock("2026-11-02", "04:15")
    run_missed()
    assert works["done"] == {"count": 1, "sweep": 1}


@pytest.mark.django_db
def test_one_whose_worker_was_killed_is_begun_again(works, clock):
    began = clock("2026-11-02", "03:00")
    NightlyRun.objects.create(name="count", begun_at=began)
    clock("2026-11-02", "03:30")
    works["count"]()
    assert works["done"]["count"] == 0
    clock("2026-11-02", "04:30")
    works["count"]()
    assert works["done"]["count"] == 1


def done_by_ten(works):
    def work(_number):
        try:
            works["count"]()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as workers:
        list(workers.map(work, range(10)))
    return works["done"]["count"]


TWO_WRITERS = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database has one thread"
)


@TWO_WRITERS
@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_does_it(works):
    assert done_by_ten(works) == 1


@TWO_WRITERS
@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_without_the_claim_all_ten_would(works, monkeypatch):
    monkeypatch.setattr(nightly, "_claim", lambda *_values: True)
    assert done_by_ten(works) > 1


def test_beat_wakes_them_at_the_hour_of_the_house_and_looks_for_what_was_missed(settings):
    schedule = {
        entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
    for task in NIGHTLY:
        assert isinstance(schedule[task], crontab) and schedule[task].hour == {
            settings.NIGHTLY_HOUR
        }, task
    assert schedule["crm.tasks.run_missed"] <= 900
    assert not [task for task, when in schedule.items() if when == 24 * 3600.0], (
        "a day after a start is no hour"
    )
