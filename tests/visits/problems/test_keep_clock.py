"""When a problem is due, and that nothing but a named step moves its clock."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from django.utils import timezone

from crm import calendar
from crm.calendar import WorkingCalendar, midnight
from crm.errors import Conflict, Invalid
from crm.seeds import seed_calendar
from tests.steps import go, register
from visits.models import HandlingLimit, Problem, ProblemStep
from visits.models.problems import overdue
from visits.problems import workflow
from visits.problems.clocks import day_of, days_late, due_moment, end_of, shifted
from visits.problems.services import problem_change

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def working(db):
    seed_calendar()
    return WorkingCalendar()


def moment(text):
    """A local moment: "2025-09-28 10:00"."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_published_vector(working):
    assert working.add_working_days(datetime.date(2025, 9, 28), 7) == datetime.date(2025, 10, 14)
    assert day_of(due_moment(moment("2025-09-28 10:00"), "normal")) == datetime.date(2025, 10, 14)


@pytest.mark.parametrize(
    "day",
    [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ],
)
def test_make_up_days_are_worked(working, day):
    day = datetime.date.fromisoformat(day)
    assert day.weekday() >= 5 and working.is_working(day)
    assert working.add_working_days(day - calendar.DAY, 1) == day


def test_every_make_up_day_of_the_table_is_in_the_vectors_and_a_weekend(working):
    worked = sorted(
        day for day, works in working.days.items() if works and day.year in (2025, 2026)
    )
    assert len(worked) == 11 and all(day.weekday() >= 5 for day in worked)


@pytest.mark.parametrize("day", ["2025-10-01", "2026-10-01", "2026-02-17", "2026-01-01"])
def test_holidays_are_not_worked(working, day):
    assert not working.is_working(datetime.date.fromisoformat(day))


def test_beyond_the_known_calendar_it_is_monday_to_friday_and_says_so(working):
    assert working.known_until == datetime.date(2026, 12, 31)
    assert not working.is_known(datetime.date(2027, 1, 4))
    # Until it is published.
    assert working.add_working_days(datetime.date(2026, 12, 31), 1) == datetime.date(2027, 1, 1)
    assert datetime.date(2027, 1, 1).isocalendar()[:2] == (2026, 53)


@pytest.mark.parametrize(
    "start, hours, due",
    [
        ("2026-11-24 09:00", 2, "2026-11-24 11:00"),
        ("2026-11-24 11:00", 2, "2026-11-24 15:00"),  # over noon
        ("2026-11-24 17:00", 1, "2026-11-25 09:00"),  # over night
        ("2026-11-27 17:30", 1, "2026-11-30 09:30"),  # over a weekend
        ("2026-11-24 03:00", 1, "2026-11-24 09:30"),  # before opening
        ("2026-09-30 17:00", 1, "2026-10-08 09:00"),  # over the holidays
    ],
)
def test_hours_are_the_offices(working, start, hours, due):
    assert working.add_working_hours(moment(start), hours) == moment(due)


def test_limits_are_the_citys_own_and_the_nearest_counts(cast, working):
    start = moment("2026-11-24 10:00")
    assert day_of(due_moment(start, "normal", cast.parking)) == datetime.date(2026, 12, 3)
    HandlingLimit.objects.create(urgency="normal", amount=5)
    HandlingLimit.objects.create(urgency="normal", category=cast.traffic, amount=2)
    calendar_cache_cleared()
    assert day_of(due_moment(start, "normal")) == datetime.date(2026, 12, 1)
    assert day_of(due_moment(start, "normal", cast.parking)) == datetime.date(2026, 11, 26)
    HandlingLimit.objects.create(urgency="normal", category=cast.parking, amount=2, measure="hours")
    calendar_cache_cleared()
    assert due_moment(start, "normal", cast.parking) == moment("2026-11-24 12:00")


def calendar_cache_cleared():
    from django.core.cache import cache

    cache.delete("words:limits")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_day_ends_at_midnight_in_the_city_wherever_the_server_thinks_it_is(
    cast, monkeypatch, zone
):
    problem = register(cast)
    day = day_of(problem.due_at)
    last = datetime.datetime.combine(day, datetime.time(23, 59, 59), tzinfo=SHANGHAI).astimezone(
        ZoneInfo(zone)
    )
    for now, late in ((last, False), (last + datetime.timedelta(seconds=1), True)):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert (
            problem.is_overdue == late == Problem.objects.filter(overdue(), pk=problem.pk).exists()
        )


def test_what_is_reported_a_second_before_midnight_counts_from_that_day(working):
    assert day_of(due_moment(moment("2026-11-24 23:59:59"), "urgent")) == datetime.date(
        2026, 11, 25
    )
    assert day_of(due_moment(moment("2026-11-25 00:00:00"), "urgent")) == datetime.date(
        2026, 11, 26
    )


def test_no_step_but_a_named_one_moves_the_limit(cast):
    problem = register(cast)
    first = problem.due_at
    go(
        cast,
        problem,
        "accept",
        "assign",
        "acknowledge",
        "start",
        "answer",
        "review",
        "send_back",
        "answer",
        "review",
        "approve",
        "dispute",
    )
    assert problem.due_at == first
    go(cast, problem, "ask_extension")
    assert problem.due_at == first and problem.extension_until
    asked = problem.extension_until
    go(cast, problem, "grant_extension")
    assert (
        problem.due_at == problem.overdue_from == end_of(asked)
        and problem.due_on == asked
        and problem.extension_until is None
    )
    moved = (
        ProblemStep.objects.filter(problem=problem)
        .filter(~Q(due_at=first))
        .values_list("verb", flat=True)
    )
    assert list(moved) == ["grant_extension"]


def test_an_extension_is_asked_for_in_time_once_and_not_for_ever(cast, monkeypatch):
    problem = go(cast, register(cast), "accept", "assign")
    for wrong in (day_of(problem.due_at), day_of(problem.due_at) + datetime.timedelta(days=400)):
        with pytest.raises(Invalid):
            workflow.problem_ask_extension(
                problem=problem, by=cast.li, why="等待鉴定。", until=wrong
            )
    go(cast, problem, "ask_extension")
    with pytest.raises(Conflict):
        workflow.problem_ask_extension(
            problem=problem, by=cast.li, why="再等。", until=problem.extension_until
        )
    go(cast, problem, "refuse_extension")
    monkeypatch.setattr(timezone, "now", lambda: problem.due_at - datetime.timedelta(hours=3))
    with pytest.raises(Conflict):
        workflow.problem_ask_extension(
            problem=problem,
            by=cast.li,
            why="太晚了。",
            until=day_of(problem.due_at) + datetime.timedelta(days=3),
        )


def test_a_pause_stops_the_clock_and_moves_its_end_by_what_it_took(cast, working, monkeypatch):
    start = moment("2026-11-24 10:00")
    now = [start]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    problem = go(cast, register(cast), "accept", "assign")
    assert day_of(problem.due_at) == datetime.date(2026, 12, 3)
    go(cast, problem, "pause")
    assert problem.overdue_from is None and not problem.is_overdue
    with pytest.raises(Conflict):
        workflow.problem_pause(problem=problem, by=cast.head, why="又一次。", reason="court")
    now[0] = moment("2026-11-30 09:00")  # four working days later
    go(cast, problem, "resume")
    assert (
        day_of(problem.due_at) == datetime.date(2026, 12, 9)
        and problem.overdue_from == problem.due_at
    )


def test_an_extension_asked_before_a_pause_is_as_long_after_it(cast, working, monkeypatch):
    now = [moment("2026-11-24 10:00")]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    problem = go(cast, register(cast), "accept", "assign", "ask_extension", "pause")
    asked, due_at = problem.extension_until, problem.due_at
    # Eight working days later: beyond the day that was asked for.
    now[0] = moment("2026-12-04 09:00")
    go(cast, problem, "resume")
    assert (
        problem.extension_until == working.add_working_days(asked, 8)
        and problem.due_at > end_of(asked) > due_at
    )
    go(cast, problem, "grant_extension")
    assert problem.due_at == end_of(working.add_working_days(asked, 8))


def test_granting_never_sets_the_clock_back(cast):
    problem = go(cast, register(cast), "accept", "assign", "ask_extension")
    later = end_of(problem.extension_until + datetime.timedelta(days=9))
    Problem.objects.filter(pk=problem.pk).update(
        due_at=later, overdue_from=later, due_on=day_of(later)
    )
    problem.refresh_from_db()
    assert go(cast, problem, "grant_extension").due_at == later


def test_a_pause_needs_a_named_reason_and_comes_before_the_limit(cast):
    problem = go(cast, register(cast), "accept", "assign")
    with pytest.raises(Invalid):
        workflow.problem_pause(problem=problem, by=cast.head, why="忙。", reason="busy")
    Problem.objects.filter(pk=problem.pk).update(
        overdue_from=timezone.now() - datetime.timedelta(days=1)
    )
    problem.refresh_from_db()
    with pytest.raises(Conflict):
        workflow.problem_pause(problem=problem, by=cast.head, why="等待法院。", reason="court")


def test_a_pause_within_hours_moves_by_hours(working):
    due_at = moment("2026-11-24 15:00")
    assert shifted(
        due_at, moment("2026-11-24 09:00"), moment("2026-11-24 10:00"), working
    ) == moment("2026-11-24 16:00")
    assert shifted(
        midnight(datetime.date(2026, 11, 25)),
        moment("2026-11-24 09:00"),
        moment("2026-11-24 10:00"),
        working,
    ) == midnight(datetime.date(2026, 11, 25))


def test_another_urgency_is_another_limit_and_a_step_says_so(cast):
    problem = register(cast)
    changed = problem_change(
        row=problem, values={"urgency": "complex"}, version=problem.version, by=cast.li
    )
    assert (
        changed.due_at > problem.due_at
        and changed.steps.filter(verb="change", due_at=changed.due_at).exists()
    )
    go(cast, changed, "accept", "assign", "ask_extension", "grant_extension")
    extended = changed.due_at
    again = problem_change(
        row=changed, values={"urgency": "urgent"}, version=changed.version, by=cast.li
    )
    assert again.due_at == extended  # what was granted stands


def test_days_late_are_counted_until_the_answer_and_agree_with_what_is_overdue(cast):
    working, now = WorkingCalendar(), timezone.now()
    problem = register(cast)
    Problem.objects.filter(pk=problem.pk).update(due_at=now, overdue_from=now)
    problem.refresh_from_db()
    assert problem.is_overdue and days_late(problem, working, now) == 1
    before = now - datetime.timedelta(seconds=1)
    assert days_late(problem, working, before) == 0
    problem.handled_at = before
    assert days_late(problem, working, now + datetime.timedelta(days=30)) == 0
    problem.handled_at = now + datetime.timedelta(days=14)
    assert days_late(problem, working, now) in {10, 11}
    problem.handled_at, problem.ended_on = None, now.date()
    assert days_late(problem, working, now) is None
