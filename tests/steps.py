"""Problems of the cast and their way, for the tests of what happens to them."""

import uuid

from crm.calendar import WorkingCalendar
from crm.models import Notice
from tests.cast import record_visit
from visits.models import Problem
from visits.problems import workflow
from visits.problems.clocks import day_of
from visits.problems.services import problem_register
from visits.problems.workflow.engine import TABLE, take_step

#: What a step needs beside the problem, for the cast.
ANSWER = {"result": "已协调物业腾出车位。", "reply": "停车位已经腾出，请确认。"}


def register(cast, by=None, enterprise=None, **values):
    """A problem reported by 小李 (or ``by``) of 森马 (or ``enterprise``), outside a visit."""
    values = {
        "enterprise": enterprise or cast.semir,
        "title": "门口停车难",
        "urgency": "normal",
        **values,
    }
    problem, _created = problem_register(
        uid=uuid.uuid4(), payload=str(values), values=values, by=by or cast.li
    )
    return problem


def go(cast, problem, *verbs, **values):
    """Take the steps named in ``verbs``, each by somebody who may: the head of 五马 dispatches, 小李
    handles.
    """
    for name in verbs:
        people = (cast.head, cast.li, cast.county_manager, cast.sun, cast.city_manager)
        row = TABLE[name]
        by = (
            None if row.by_system else next(person for person in people if row.who(person, problem))
        )
        take_step(row, problem=problem, by=by, **needed(cast, row, problem), **values)
    return problem


def needed(cast, row, problem):
    """The values that a step asks for."""
    made = {
        "unit": lambda: cast.wuma,
        "helpers": lambda: [cast.nanmen],
        "until": lambda: _later(row, problem),
        "result": lambda: ANSWER["result"],
        "reply": lambda: ANSWER["reply"],
        "reason": lambda: Problem.Pause.COURT,
        "body": lambda: "鹿城区市场监督管理局",
        "visit": lambda: record_visit(
            cast, cast.li, problem.enterprise, started_at=problem.handled_at
        ),
    }
    values = {name: made[name]() for name in row.fields}
    return {**values, "why": "情况属实。"} if row.needs_why else values


def _later(row, problem):
    return WorkingCalendar().add_working_days(day_of(problem.due_at), 2)


def registered(cast, title="门口停车难", by=None, **values):
    """``register`` with the title first."""
    return register(cast, by, title=title, **values)


def unheard(cast, title="门口停车难"):
    """A registered problem that nobody has been told of yet."""
    problem = registered(cast, title)
    Notice.objects.filter(object_uid=problem.uid).delete()
    return problem


def assigned(cast, title="门口停车难", *, unit=None, helpers=(), **values):
    """Accepted by 王所 and given to a unit (五马所) by 钱局."""
    problem = workflow.problem_accept(problem=registered(cast, title, **values), by=cast.head)
    return workflow.problem_assign(
        problem=problem, by=cast.county_manager, unit=unit or cast.wuma, helpers=helpers
    )


def in_hand(cast, title="门口停车难", **more):
    """Acknowledged by 小李, its handler, and begun."""
    problem = workflow.problem_acknowledge(problem=assigned(cast, title, **more), by=cast.li)
    return workflow.problem_start(problem=problem, by=cast.li)


def answered(cast, title="门口停车难", **more):
    return workflow.problem_answer(
        problem=in_hand(cast, title, **more), by=cast.li, result="已协调划线。", reply="已办理。"
    )


def following_up(cast, title="门口停车难", **more):
    """Reviewed and approved by 王所: the enterprise is waited for."""
    problem = workflow.problem_review(problem=answered(cast, title, **more), by=cast.head)
    return workflow.problem_approve(problem=problem, by=cast.head)
