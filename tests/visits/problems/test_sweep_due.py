"""Nearly due, overdue and overdue for long are states: whatever was missed, one sweep tells it, and
tells it once.

The week: a normal problem of Monday 2 November 2026 is due on Wednesday the 11th (seven working
days).
"""

import datetime
import uuid

import pytest
from django.db import connection, transaction

from crm.calendar import at, midnight
from crm.models import Notice, User
from crm.notices.digests import send_digests
from crm.seeds import seed_calendar
from tests.cast import build_cast
from tests.steps import answered, assigned, following_up, in_hand, registered
from visits.models import Problem, ProblemTask
from visits.models.problems import State
from visits.problems import workflow
from visits.problems.deadlines import sweep_due
from visits.tasks import sweep_due as sweep_due_door
from visits.tasks import sweep_follow_ups

pytestmark = pytest.mark.django_db


def city(clock):
    clock("2026-11-02")
    seed_calendar()
    return build_cast()


@pytest.fixture
def cast(clock, db):
    return city(clock)


def sweeps():
    """The notices of sweeps as (title, state, name of the person)."""
    rows = Notice.objects.filter(kind__regex="warning|overdue|escalated").select_related("owner")
    return sorted(
        (
            row.title.split(" ")[0],
            row.key.split(":", 2)[2].rsplit(":", 1)[0].split(":")[-1],
            row.owner.name,
        )
        for row in rows
    )


def test_the_handler_is_warned_one_working_day_before(cast, clock):
    in_hand(cast, "甲")
    clock("2026-11-09", "23:59:59")
    assert sweep_due() == 0
    clock("2026-11-10", "00:00")
    assert sweep_due() == 1 and sweeps() == [("甲", "warning", "小李")]
    assert sweep_due() == 0


def test_over_a_weekend_the_warning_comes_on_friday(cast, clock):
    problem = in_hand(cast, "甲")
    # Monday.
    Problem.objects.filter(pk=problem.pk).update(
        due_at=at(problem.due_on, "00:00"), overdue_from=midnight(_day("2026-11-17"))
    )
    clock("2026-11-12", "23:00")
    assert sweep_due() == 0
    clock("2026-11-13", "00:01")
    assert sweep_due() == 1


def _day(text):
    return datetime.date.fromisoformat(text)


def test_without_a_handler_the_whole_unit_is_warned_and_without_a_unit_the_dispatcher(cast, clock):
    assigned(cast, "甲")
    registered(cast, "乙")
    clock("2026-11-10")
    sweep_due()
    assert sweeps() == [("乙", "warning", "王所")] + [
        ("甲", "warning", name) for name in ("小张", "小李", "王所")
    ]


def test_a_handler_who_has_left_is_replaced_by_the_unit(cast, clock):
    in_hand(cast, "甲")
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    clock("2026-11-10")
    sweep_due()
    assert sweeps() == [("甲", "warning", "小张"), ("甲", "warning", "王所")]


OVERDUE = [("甲", "overdue", "小李"), ("甲", "overdue", "王所")]
STATION, COUNTY, CITY = ("甲", "late1", "王所"), ("甲", "late2", "钱局"), ("甲", "late3", "陈局")


@pytest.mark.parametrize(
    ("day", "time", "levels"),
    [
        ("2026-11-12", "00:00", []),
        ("2026-11-12", "23:59:59", []),
        ("2026-11-13", "00:00", [STATION]),
        ("2026-11-15", "12:00", [STATION]),  # a Sunday
        ("2026-11-16", "23:59:59", [STATION]),
        ("2026-11-17", "00:00", [STATION, COUNTY]),
        ("2026-11-18", "23:59:59", [STATION, COUNTY]),
        ("2026-11-19", "00:00", [STATION, COUNTY, CITY]),
    ],
)
def test_what_is_overdue_climbs_the_unit_tree(cast, clock, day, time, levels):
    in_hand(cast, "甲")
    clock(day, time)
    sweep_due()
    assert sweeps() == sorted(OVERDUE + levels)


def test_the_levels_are_a_setting(cast, clock, settings):
    settings.ESCALATION_DAYS = (2,)
    in_hand(cast, "甲")
    clock("2026-11-13", "10:00")
    sweep_due()
    assert sweeps() == OVERDUE
    clock("2026-11-14", "00:00")
    sweep_due()
    assert sweeps() == sorted([*OVERDUE, STATION])


def test_paused_answered_and_ended_problems_are_left_in_peace(cast, clock):
    workflow.problem_pause(
        problem=in_hand(cast, "甲"), by=cast.head, why="等材料。", reason="enterprise"
    )
    answered(cast, "乙")
    workflow.problem_withdraw(problem=registered(cast, "丙"), by=cast.li, why="重复。")
    clock("2026-11-20")
    assert sweep_due() == 0


def test_an_extension_warns_anew(cast, clock):
    problem = in_hand(cast, "甲")
    clock("2026-11-10")
    sweep_due()
    problem = workflow.problem_ask_extension(
        problem=problem, by=cast.li, why="待鉴定。", until=_day("2026-11-18")
    )
    workflow.problem_grant_extension(problem=problem, by=cast.head)
    assert sweep_due() == 0
    clock("2026-11-17")
    assert sweep_due() == 1
    assert [row[1] for row in sweeps()] == ["warning", "warning"]


def test_a_helping_units_part_has_a_clock_of_its_own(cast, clock):
    """Three working days: due on Thursday the 5th, while the problem itself has time until the
    11th.
    """
    in_hand(cast, "甲", helpers=[cast.nanmen])
    clock("2026-11-04")
    sweep_due()
    assert sweeps() == [("甲", "warning", "小孙")]
    clock("2026-11-06")
    sweep_due()
    # 南门 has no head: who manages above it.
    assert sweeps() == [
        ("甲", "overdue", "钱局"),
        ("甲", "warning", "小孙"),
    ]
    assert set(Notice.objects.exclude(kind="problem.help").values_list("kind", flat=True)) >= {
        "problem.part_warning",
        "problem.part_overdue",
    }
    workflow.task_answer(task=ProblemTask.objects.get(), answer="已配合。", by=cast.sun)
    clock("2026-11-09")
    assert sweep_due() == 0


def test_a_helping_units_clock_stands_still_with_the_problems(cast, clock):
    """Paused on Tuesday the 3rd, resumed on Tuesday the 10th: five working days later, so due on
    Thursday the 12th.
    """
    problem = in_hand(cast, "甲", helpers=[cast.nanmen])
    clock("2026-11-03", "12:00")
    problem = workflow.problem_pause(
        problem=problem, by=cast.head, why="等材料。", reason="enterprise"
    )
    clock("2026-11-09")
    assert sweep_due() == 0 and not ProblemTask.objects.get().is_overdue
    clock("2026-11-10", "12:00")
    workflow.problem_resume(problem=problem, by=cast.head)
    assert ProblemTask.objects.get().due_at == midnight(_day("2026-11-13"))
    clock("2026-11-12", "23:59:59")
    assert not ProblemTask.objects.get().is_overdue
    clock("2026-11-13", "00:00")
    assert ProblemTask.objects.get().is_overdue


def test_a_part_that_was_late_before_the_pause_stays_late(cast, clock):
    problem = in_hand(cast, "甲", helpers=[cast.nanmen])
    clock("2026-11-06", "12:00")
    problem = workflow.problem_pause(
        problem=problem, by=cast.head, why="等材料。", reason="enterprise"
    )
    assert ProblemTask.objects.get().is_overdue
    clock("2026-11-10", "12:00")
    workflow.problem_resume(problem=problem, by=cast.head)
    assert ProblemTask.objects.get().due_at == midnight(_day("2026-11-06"))


def stopped(cast, clock):
    """A city whose beat stands still from the evening of Tuesday the 10th until Saturday the 14th,
    all kinds of states in it.
    """
    in_hand(cast, "甲")
    workflow.problem_pause(
        problem=in_hand(cast, "停"), by=cast.head, why="等材料。", reason="enterprise"
    )
    clock("2026-11-03")
    silent = following_up(cast, "静")
    in_hand(cast, "乙", helpers=[cast.nanmen])
    clock("2026-11-04")
    in_hand(cast, "丙")
    clock("2026-11-05")
    in_hand(cast, "丁")
    clock("2026-11-06")
    in_hand(cast, "戊")
    late = in_hand(cast, "急", urgency="urgent")
    clock("2026-11-10", "18:00")
    beat()
    clock("2026-11-13", "08:00")
    workflow.problem_answer(
        problem=Problem.objects.get(pk=late.pk), by=cast.li, result="已办。", reply="已办。"
    )
    clock("2026-11-14", "09:00")
    return silent


def beat():
    sweep_due_door()
    sweep_follow_ups()


#: What is true on Saturday morning, and the two things that were told before the beat stopped.
AFTER = {
    ("甲", "warning", "小李"),  # of Tuesday
    ("甲", "overdue", "小李"),
    ("甲", "overdue", "王所"),
    ("甲", "late1", "王所"),
    ("乙", "overdue", "小李"),
    ("乙", "overdue", "王所"),
    ("乙", "late1", "王所"),
    # The part of 南门, which has no head, was due on Friday the 6th.
    ("乙", "overdue", "钱局"),
    ("乙", "late1", "钱局"),
    ("乙", "late2", "钱局"),
    ("乙", "late3", "陈局"),
    ("丙", "overdue", "小李"),
    ("丙", "overdue", "王所"),  # since midnight
    ("丁", "warning", "小李"),  # due on Monday; 戊 has until Tuesday
    ("急", "overdue", "小李"),
    ("急", "overdue", "王所"),  # of Tuesday; answered since
}


def everything():
    return sorted(Notice.objects.values_list("owner__name", "kind", "key"))


def test_a_beat_that_stood_still_for_three_days_is_made_up_for_by_one_run(cast, clock):
    silent = stopped(cast, clock)
    beat()
    silent.refresh_from_db()
    assert (
        silent.state == State.UNCONFIRMED
        and Notice.objects.get(kind="problem.silent").owner == cast.li
    )
    assert sweeps() == sorted(AFTER)  # a list against a set: each was told once
    told = everything()
    beat()
    assert everything() == told


def test_the_digest_after_the_gap_is_one_mail_a_person(cast, clock, mailoutbox):
    User.objects.filter(pk__in=[cast.li.pk, cast.head.pk]).update(email="a@example.org")
    stopped(cast, clock)
    beat()
    assert send_digests() == 2 and len(mailoutbox) == 2
    beat()
    assert send_digests() == 0 and len(mailoutbox) == 2


@pytest.mark.control
def test_control_without_keys_the_second_run_tells_all_again(cast, clock, monkeypatch):
    stopped(cast, clock)
    monkeypatch.setattr(
        "visits.problems.deadlines.Limit.key",
        lambda limit, state: f"problem::{state}:{uuid.uuid4()}",
    )
    beat()
    count = Notice.objects.count()
    beat()
    assert Notice.objects.count() > count


def test_sweeping_every_hour_and_once_after_the_gap_end_alike(clock, db):
    outcomes = []
    for hourly in (False, True):
        with transaction.atomic():
            cast = city(clock)
            in_hand(cast, "甲")
            clock("2026-11-04")
            in_hand(cast, "乙", helpers=[cast.nanmen])
            for day in range(10, 20) if hourly else (19,):
                for hour in range(0, 24) if hourly and day < 19 else (9,):
                    clock(f"2026-11-{day}", f"{hour:02}:00")
                    sweep_due()
            outcomes.append([row for row in sweeps() if row[1] != "warning"])
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1] and len(outcomes[0]) > 8


def side_by_side(monkeypatch):
    """Two sweeps of which the second runs as a whole between the first's look-up and its writing."""
    write, once = Notice.objects.bulk_create, []

    def write_after_the_other(rows, **options):
        if not once:
            once.append(True)
            sweep_due()
        return write(rows, **options)

    monkeypatch.setattr(Notice.objects, "bulk_create", write_after_the_other)
    sweep_due()
    return Notice.objects.count(), Notice.objects.values("owner", "key").distinct().count()


def test_two_sweeps_side_by_side_tell_once(cast, clock, monkeypatch):
    in_hand(cast, "甲")
    clock("2026-11-13")
    rows, occasions = side_by_side(monkeypatch)
    assert rows == occasions


@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_control_without_the_unique_key_two_sweeps_tell_twice(clock, monkeypatch):
    cast = city(clock)
    in_hand(cast, "甲")
    clock("2026-11-13")
    constraints = Notice._meta.constraints
    Notice._meta.constraints = []
    with connection.schema_editor() as editor:
        editor.remove_constraint(Notice, constraints[0])
    try:
        rows, occasions = side_by_side(monkeypatch)
        assert rows > occasions
    finally:
        Notice.objects.all().delete()
        Notice._meta.constraints = constraints
        with connection.schema_editor() as editor:
            editor.add_constraint(Notice, constraints[0])


def test_a_sweep_needs_no_more_statements_for_more_problems(
    cast, clock, django_assert_max_num_queries
):
    counts = []
    for number in (1, 5):
        for _each in range(number):
            in_hand(cast, f"第{number}批{_each}", helpers=[cast.nanmen])
        clock("2026-11-20")
        with django_assert_max_num_queries(30) as captured:
            assert sweep_due() > 0
        counts.append(len(captured))
        clock("2026-11-02")
    assert counts[0] == counts[1]
