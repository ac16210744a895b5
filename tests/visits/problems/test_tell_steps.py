"""Who is told of a step: whoever has to do the next thing or waits for it, in the step's own
transaction, never the doer.
"""

import uuid

import pytest

from crm.errors import Conflict
from crm.models import Notice, User
from crm.notices.services import kinds as known
from tests.cast import record_visit
from tests.steps import answered, assigned, following_up, in_hand, registered
from visits.problems import workflow
from visits.problems.notifications import TOLD
from visits.problems.services import problem_register
from visits.problems.workflow.engine import TABLE

pytestmark = pytest.mark.django_db


def told(cast, kind):
    """The names in the cast of those who were told something of a kind."""
    names = {user.pk: name for name, user in vars(cast).items() if isinstance(user, User)}
    return {
        names[owner]
        for owner in Notice.objects.filter(kind=f"problem.{kind}").values_list("owner", flat=True)
    }


def test_every_kind_and_verb_of_the_table_is_known():
    kinds = {kind.name for kind in known if kind.name.startswith("problem.")}
    assert {kind for kind, _groups in TOLD.values()} <= kinds
    assert set(TOLD) - {"help", "register"} <= set(TABLE)


def test_a_new_problem_is_told_to_who_has_to_accept_it(cast):
    registered(cast)
    assert told(cast, "registered") == {"head"}  # 小李 reported it and knows
    problem_register(
        uid=uuid.uuid4(),
        payload="",
        by=cast.li,
        values={"enterprise": cast.semir, "title": "已解决", "solved_on_spot": True},
    )
    assert Notice.objects.count() == 1


def test_an_assigned_problem_is_told_to_who_answers_for_the_unit_and_its_helpers(cast):
    problem = assigned(cast, helpers=[cast.nanmen, cast.fraud_squad])
    assert told(cast, "assigned") == {"head"}
    # Neither the other station nor the squad has a head: whoever manages above is asked; 钱局, who
    # assigned, knows.
    assert told(cast, "help") == {"city_manager"}
    notice = Notice.objects.get(owner=cast.head, kind="problem.assigned")
    assert (notice.title, notice.object_uid, notice.noun) == (
        "门口停车难 · 温州森马服饰有限公司",
        problem.uid,
        "problem",
    )
    assert notice.path == f"/problems/{problem.uid}/" and notice.day == problem.due_on


def test_who_assigns_to_the_own_unit_tells_those_who_may_take_it_up(cast):
    problem = workflow.problem_accept(problem=registered(cast), by=cast.head)
    workflow.problem_assign(problem=problem, by=cast.head, unit=cast.wuma)
    assert told(cast, "assigned") == {"li", "zhang"}  # and not 老赵, whose account has ended


def test_a_returned_or_raised_problem_is_told_to_who_dispatches_it(cast):
    problem = workflow.problem_give_back(problem=assigned(cast), by=cast.li, why="不属本所。")
    assert told(cast, "returned") == {"head"}
    workflow.problem_raise(problem=problem, by=cast.head, why="需分局协调。")
    assert told(cast, "raised") == {"county_manager"}


def test_an_answer_is_told_to_the_dispatcher_and_more_work_to_the_handler(cast):
    problem = answered(cast)
    assert told(cast, "answered") == {"head"}
    problem = workflow.problem_review(problem=problem, by=cast.county_manager)
    workflow.problem_send_back(problem=problem, by=cast.county_manager, why="不完整。")
    assert told(cast, "sent_back") == {"li", "head"}


def test_redone_supervised_and_extended_go_to_the_handler_and_the_head(cast):
    problem = workflow.problem_dispute(problem=following_up(cast), by=None, why="没有解决。")
    assert told(cast, "redone") == {"li", "head"}
    workflow.problem_supervise(problem=problem, by=cast.city_manager, why="久拖不决。")
    assert told(cast, "supervised") == {"li", "head"}


def test_the_reporter_hears_of_the_end(cast):
    problem = following_up(cast)
    workflow.problem_confirm(problem=problem, by=None)
    assert told(cast, "closed") == {"li"}


def test_whoever_closes_it_oneself_is_not_told(cast):
    problem = following_up(cast)
    visit = record_visit(cast, cast.li, started_at=problem.handled_at)
    workflow.problem_verify(problem=problem, by=cast.li, visit=visit)
    assert told(cast, "closed") == set()


def test_a_helpers_answer_is_told_to_the_handler(cast):
    problem = in_hand(cast, helpers=[cast.nanmen])
    workflow.task_answer(task=problem.tasks.get(), answer="已配合。", by=cast.sun)
    assert told(cast, "helped") == {"li", "head"}


def test_a_step_that_fails_tells_nothing_and_one_that_is_taken_tells_once(cast):
    problem = assigned(cast)
    stale = type(problem).objects.get(pk=problem.pk)
    workflow.problem_give_back(problem=problem, by=cast.li, why="不属本所。")
    count = Notice.objects.count()
    with pytest.raises(Conflict):
        workflow.problem_give_back(problem=stale, by=cast.zhang, why="不属本所。")
    assert Notice.objects.count() == count
    assert Notice.objects.values("key", "owner").distinct().count() == count


def test_a_step_is_told_in_the_same_few_statements_for_many_helpers(
    cast, django_assert_max_num_queries
):
    from crm.models import Unit

    units = [
        Unit.objects.create(
            name=f"第{n}派出所",
            short_name=f"{n}所",
            code=uuid.uuid4().hex[:8],
            kind="station",
            parent=cast.county,
        )
        for n in range(8)
    ]
    few = workflow.problem_accept(problem=registered(cast, "甲"), by=cast.head)
    many = workflow.problem_accept(problem=registered(cast, "乙"), by=cast.head)
    counts = []
    for problem, helpers in ((few, units[:1]), (many, units)):
        with django_assert_max_num_queries(30) as captured:
            workflow.problem_assign(
                problem=problem, by=cast.county_manager, unit=cast.wuma, helpers=helpers
            )
        counts.append(len(captured))
    assert counts[1] <= counts[0]  # the first also learns which units 钱局 manages
