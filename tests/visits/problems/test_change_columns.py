"""What each step of a problem changes and what it leaves alone, written by hand: the row's columns, and
what its step says beside who, when and why.
"""

import datetime

import pytest
from django.conf import settings
from django.utils import timezone

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid
from tests.cast import record_visit
from tests.steps import ANSWER, go, register
from visits.models import Problem
from visits.problems.clocks import day_of, due_moment, end_of
from visits.problems.services import problem_change
from visits.problems.workflow.engine import TABLE, take_step
from visits.recording.services import visit_withdraw

pytestmark = pytest.mark.django_db

#: Columns that follow from the others, or count every change.
OTHERS = {"id", "uid", "version", "updated_at", "payload_hash", "overdue_from"}
STEP = object()  # the moment of the step
TODAY, NEAR, FAR = "today", "near", "far"


def later(problem, days):
    return WorkingCalendar().add_working_days(day_of(problem.due_at), days)


#: step → (the way there, who, the values it is given, columns it changes, what its step says)
STEPS = {
    "accept": ((), "head", {}, {"state": "accepted"}, {}),
    "assign": (
        ("accept",),
        "head",
        {"unit": "wuma", "helpers": ["nanmen"]},
        {"state": "assigned", "lead_unit": "wuma", "assigned_at": STEP},
        {"to_unit": "wuma"},
    ),
    "acknowledge": (
        ("accept", "assign"),
        "zhang",
        {},
        {"state": "acknowledged", "handler": "zhang"},
        {},
    ),
    "give_back": (
        ("accept", "assign", "acknowledge"),
        "li",
        {"why": "不归我所。"},
        {"state": "returned", "lead_unit": None, "handler": None, "assigned_at": None},
        {"to_unit": "wuma"},
    ),
    "raise": (
        ("accept",),
        "head",
        {"why": "本所无法协调。"},
        {"state": "registered", "dispatch_unit": "county"},
        {"to_unit": "county"},
    ),
    "start": (("accept", "assign", "acknowledge"), "zhang", {}, {"state": "in_progress"}, {}),
    "answer": (
        ("accept", "assign", "acknowledge", "start", "ask_extension"),
        "li",
        {"result": f" {ANSWER['result']} ", "reply": f"{ANSWER['reply']}\n"},
        {"state": "answered", "handled_at": STEP, "extension_until": None, **ANSWER},
        {},
    ),
    "ask_extension": (
        ("accept", "assign", "acknowledge"),
        "li",
        {"until": NEAR, "why": "等待施工。"},
        {"extension_until": NEAR},
        {"detail": NEAR},
    ),
    "grant_extension": (
        ("accept", "assign", "acknowledge", "ask_extension"),
        "head",
        {},
        {"due_at": NEAR, "due_on": NEAR, "extension_until": None},
        {},
    ),
    "refuse_extension": (
        ("accept", "assign", "acknowledge", "ask_extension"),
        "head",
        {"why": "时间够用。"},
        {"extension_until": None},
        {},
    ),
    "pause": (
        ("accept", "assign", "acknowledge"),
        "head",
        {"reason": "court", "why": "等待判决。"},
        {"paused_at": STEP, "pause_reason": "court"},
        {"detail": "court"},
    ),
    "resume": (
        ("accept", "assign", "acknowledge", "pause"),
        "head",
        {},
        {"paused_at": None, "pause_reason": ""},
        {},
    ),
    "plan": (
        ("accept",),
        "head",
        {"until": FAR, "why": "需要立项。"},
        {
            "state": "planned",
            "planned_for": FAR,
            "due_at": FAR,
            "due_on": FAR,
            "lead_unit": "wuma",
            "assigned_at": STEP,
        },
        {},
    ),
    "pass_outside": (
        ("accept",),
        "head",
        {"body": " 鹿城区市场监督管理局 ", "why": "属其职权。"},
        {
            "state": "outside",
            "outside_body": "鹿城区市场监督管理局",
            "lead_unit": "wuma",
            "assigned_at": STEP,
        },
        {"detail": "鹿城区市场监督管理局"},
    ),
    "take_back": (
        ("accept", "pass_outside"),
        "head",
        {"why": "改由我所办理。"},
        {"state": "in_progress"},
        {},
    ),
    "review": (
        ("accept", "assign", "acknowledge", "start", "answer"),
        "head",
        {},
        {"state": "under_review"},
        {},
    ),
    "send_back": (
        ("accept", "assign", "acknowledge", "start", "answer", "review"),
        "head",
        {"why": "答复不完整。"},
        {"state": "in_progress", "handled_at": None},
        {},
    ),
    "confirm": (
        ("accept", "assign", "acknowledge", "start", "answer", "review", "approve"),
        None,
        {},
        {"state": "closed", "proof": "enterprise", "ended_on": TODAY, "follow_up_until": None},
        {},
    ),
    "dispute": (
        ("accept", "assign", "acknowledge", "start", "answer", "review", "approve"),
        "li",
        {"why": "车位又被占用。"},
        {"state": "in_progress", "redone": 1, "handled_at": None, "follow_up_until": None},
        {},
    ),
    "withdraw": (
        ("accept", "assign", "acknowledge", "ask_extension", "pause"),
        "li",
        {"why": "企业不再要求。"},
        {
            "state": "withdrawn",
            "ended_on": TODAY,
            "paused_at": None,
            "pause_reason": "",
            "extension_until": None,
        },
        {},
    ),
    "reopen": (
        ("withdraw",),
        "head",
        {"why": "问题再次出现。"},
        {
            "state": "in_progress",
            "redone": 1,
            "ended_on": None,
            "lead_unit": "wuma",
            "assigned_at": STEP,
        },
        {},
    ),
    "supervise": (
        ("accept",),
        "county_manager",
        {"why": "企业多次反映。"},
        {"supervised_no": "number"},
        {},
    ),
    "again": (("accept",), "zhang", {"why": "企业再次来电。"}, {"repeats": 1}, {}),
}
#: They need a visit, or time that passes: tests of their own below.
ELSEWHERE = {"approve", "verify", "fall_silent", "solve_on_spot"}
TO_REVIEW = ("accept", "assign", "acknowledge", "start", "answer", "review")


def test_every_step_stands_here():
    assert STEPS.keys() | ELSEWHERE == TABLE.keys() and not STEPS.keys() & ELSEWHERE


def columns(problem):
    row = Problem.objects.get(pk=problem.pk)
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in OTHERS
    }


def meant(cast, problem, step, name, value):
    """What a word of the table stands for in the column ``name``."""
    if value is STEP:
        return step.at
    if name == "handler":
        return getattr(cast, value).officer if value else None
    if name in ("lead_unit", "dispatch_unit", "to_unit"):
        return getattr(cast, value) if value else None
    if value == "number":
        return f"鹿城分局督〔{timezone.localdate().year}〕1号"
    if value in (TODAY, NEAR, FAR):
        days = {TODAY: timezone.localdate(), NEAR: later(problem, 2), FAR: later(problem, 30)}
        day = days[value]
        return end_of(day) if name == "due_at" else day.isoformat() if name == "detail" else day
    return value


def given(cast, problem, values):
    """The values of the table as a step takes them."""
    words = {"until": {NEAR: later(problem, 2), FAR: later(problem, 30)}}
    made = {name: words[name][value] if name in words else value for name, value in values.items()}
    if "unit" in made:
        made |= {"unit": cast.wuma, "helpers": [cast.nanmen]}
    return made


@pytest.mark.parametrize("name", STEPS)
def test_a_step_changes_this_and_nothing_else(cast, clock, name):
    way, person, values, changes, said = STEPS[name]
    clock(cast.today.isoformat())
    problem = go(cast, register(cast), *way)
    problem.refresh_from_db()
    before, origin = columns(problem), Problem.objects.get(pk=problem.pk)
    by = person and getattr(cast, person)
    take_step(TABLE[name], problem=problem, by=by, **given(cast, origin, values))
    step = problem.steps.order_by("-position").first()
    expected = {
        column: meant(cast, origin, step, column, value) for column, value in changes.items()
    }
    assert columns(problem) == before | expected
    assert (step.verb, step.by, step.old_state) == (name, by, origin.state)
    assert step.new_state == expected.get("state", origin.state)
    assert step.why == values.get("why", "")
    for column in ("to_unit", "detail"):
        value = meant(cast, origin, step, column, said.get(column))
        assert getattr(step, column) == (value or (None if column == "to_unit" else "")), column


def changed(problem, before):
    """The columns that differ from ``before``, with their values."""
    now = columns(problem)
    return {name: value for name, value in now.items() if value != before[name]}


def test_an_approved_answer_waits_for_the_enterprise_until_a_day(cast, clock):
    now = clock("2026-11-02")
    problem = go(cast, register(cast), *TO_REVIEW)
    before = columns(problem)
    go(cast, problem, "approve")
    until = changed(problem, before).pop("follow_up_until")
    assert changed(problem, before) == {"state": "follow_up", "follow_up_until": until}
    days = WorkingCalendar().working_days_between(now.date(), day_of(until))
    assert days == settings.SILENCE_DAYS
    clock(day_of(until).isoformat(), "23:59")
    with pytest.raises(Conflict):
        take_step(TABLE["fall_silent"], problem=problem, by=None)
    clock((day_of(until) + datetime.timedelta(days=1)).isoformat(), "00:00")
    before = columns(problem)
    take_step(TABLE["fall_silent"], problem=problem, by=None)
    ended = day_of(until) + datetime.timedelta(days=1)
    assert changed(problem, before) == {
        "state": "unconfirmed",
        "ended_on": ended,
        "follow_up_until": None,
    }


def test_a_visit_since_the_answer_proves_and_stands_with_its_step(cast):
    problem = go(cast, register(cast), *TO_REVIEW, "approve")
    visit = record_visit(cast, cast.li, started_at=problem.handled_at)
    before = columns(problem)
    take_step(TABLE["verify"], problem=problem, by=cast.li, visit=visit)
    assert changed(problem, before) == {
        "state": "closed",
        "proof": "visit",
        "ended_on": timezone.localdate(),
        "follow_up_until": None,
    }
    assert problem.steps.order_by("-position").first().visit == visit


@pytest.mark.parametrize("fault", ["by telephone", "withdrawn", "before the answer"])
def test_a_visit_that_proves_nothing_is_refused_at_its_field(cast, fault):
    problem = go(cast, register(cast), *TO_REVIEW, "approve")
    moments = {"before the answer": problem.handled_at - datetime.timedelta(seconds=1)}
    visit = record_visit(
        cast,
        cast.li,
        kind="phone" if fault == "by telephone" else "door",
        started_at=moments.get(fault, problem.handled_at),
    )
    if fault == "withdrawn":
        visit_withdraw(visit=visit, reason="误录", by=cast.li)
    with pytest.raises(Invalid) as refused:
        take_step(TABLE["verify"], problem=problem, by=cast.li, visit=visit)
    assert refused.value.extra["errors"].keys() == {"visit"}
    assert Problem.objects.get(pk=problem.pk).state == "follow_up"


def test_what_a_visit_reported_may_be_solved_during_it(cast, clock):
    visit = record_visit(cast, cast.li, problems=[{"title": "停车难", "urgency": "normal"}])
    problem = Problem.objects.get(visit=visit)
    before = columns(problem)
    take_step(TABLE["solve_on_spot"], problem=problem, by=cast.li)
    step = problem.steps.order_by("-position").first()
    assert changed(problem, before) == {
        "state": "solved_on_spot",
        "proof": "on_spot",
        "ended_on": problem.reported_on,
        "handled_at": step.at,
    }


@pytest.mark.parametrize("reported", ["in a visit", "by the enterprise"])
def test_a_change_of_urgency_moves_the_limit_from_where_the_clock_began(cast, reported):
    long_ago = timezone.now() - datetime.timedelta(days=3)
    if reported == "in a visit":
        problems = [{"title": "停车难", "urgency": "normal"}]
        record_visit(cast, cast.li, started_at=long_ago, problems=problems)
        problem = Problem.objects.get()
    else:
        problem = register(cast, reported_at=long_ago, source="phone", category=cast.parking)
    values = {"urgency": "urgent"}
    changed_row = problem_change(row=problem, values=values, version=problem.version, by=cast.li)
    due_at = due_moment(long_ago, "urgent", problem.category)
    assert (changed_row.due_at, changed_row.due_on) == (due_at, day_of(due_at))
    assert changed_row.steps.order_by("-position").first().verb == "change"
