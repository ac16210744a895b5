"""What each step of a problem changes and what it leaves alone, written by hand: the row's columns, and
what its step says beside who, when and why.
"""

import pytest
from django.utils import timezone

from crm.calendar import WorkingCalendar
from tests.steps import ANSWER, go, register
from visits.models import Problem
from visits.problems.clocks import day_of, end_of
from visits.problems.workflow.engine import TABLE, take_step

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
#: Their own tests look closely at these: a day of silence, a visit that proves, a visit's own problem.
ELSEWHERE = {"approve", "verify", "fall_silent", "solve_on_spot"}


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
