"""A problem's way from its report to its proof, as people walk it through pages."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.errors import Conflict, Invalid, Missing, NotAllowed
from tests.cast import record_visit
from tests.steps import ANSWER, go, register
from visits.models import Problem, ProblemStep, ProblemTask
from visits.models.problems import Proof, State
from visits.problems import workflow
from visits.problems.workflow.engine import TABLE, possible_steps

pytestmark = pytest.mark.django_db

EVERYBODY = [
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
]
TO_FOLLOW_UP = ("accept", "assign", "acknowledge", "start", "answer", "review", "approve")


def press(client, problem, verb, **fields):
    """Send the form of one step as its page would; returns the answer."""
    version = Problem.objects.get(pk=problem.pk).version
    return client.post(
        reverse("problem_step", args=[problem.uid, verb]), {"version": version, "why": "", **fields}
    )


def test_it_travels_from_the_report_to_the_proof_through_pages(cast, as_user):
    problem = register(cast)
    head, li = as_user(cast.head), as_user(cast.li)
    for client, verb, fields in (
        (head, "accept", {}),
        (head, "assign", {"unit": cast.wuma.pk, "helpers": [cast.nanmen.pk]}),
        (li, "acknowledge", {}),
        (li, "start", {}),
        (li, "answer", ANSWER),
        (head, "review", {}),
        (head, "approve", {}),
    ):
        answer = press(client, problem, verb, **fields)
        assert answer.status_code == 302, (verb, answer.content.decode())
    visit = record_visit(cast, cast.li, started_at=timezone.now())
    assert press(li, problem, "verify", visit=str(visit.uid)).status_code == 302
    problem.refresh_from_db()
    assert (problem.state, problem.proof, problem.is_solved) == (State.CLOSED, Proof.VISIT, True)
    page = li.get(reverse("problem_detail", args=[problem.uid])).content.decode()
    for text in ("王所", "五马派出所", "南门派出所", ANSWER["reply"], "到访核实"):
        assert text in page, text
    verbs = list(problem.steps.order_by("position").values_list("verb", flat=True))
    assert verbs == ["register", *TO_FOLLOW_UP, "verify"]


@pytest.mark.parametrize("person", ["li", "sun", "wu", "head", "county_manager", "system_admin"])
def test_a_button_is_there_exactly_when_the_step_may_be_taken(cast, as_user, person):
    client, problem, before = as_user(getattr(cast, person)), register(cast), 0
    for reached in (0, 2, 4, 7):
        go(cast, problem, *TO_FOLLOW_UP[before:reached])
        before = reached
        page = client.get(reverse("problem_detail", args=[problem.uid])).content.decode()
        addresses = {verb: reverse("problem_step", args=[problem.uid, verb]) for verb in TABLE}
        shown = {verb for verb, address in addresses.items() if address in page}
        opened = {
            verb for verb, address in addresses.items() if client.get(address).status_code == 200
        }
        assert shown == opened, (problem.state, shown ^ opened)


def test_who_may_not_see_a_problem_is_not_told_of_it(cast, as_user):
    problem = register(cast)
    for verb in TABLE:
        assert press(as_user(cast.wu), problem, verb).status_code == 404
    assert Problem.objects.get(pk=problem.pk).version == 1


def test_a_unit_that_was_assigned_sees_the_problem_and_loses_it_when_it_gives_it_back(
    cast, as_user
):
    problem = register(cast)
    workflow.problem_accept(problem=problem, by=cast.head)
    address = reverse("problem_detail", args=[problem.uid])
    assert as_user(cast.wu).get(address).status_code == 404
    workflow.problem_assign(problem=problem, by=cast.head, unit=cast.liushi)
    assert as_user(cast.wu).get(address).status_code == 200
    with pytest.raises(Invalid):
        workflow.problem_give_back(problem=problem, by=cast.wu, why=" ")
    workflow.problem_give_back(problem=problem, by=cast.wu, why="不属于本辖区。")
    assert problem.state == State.RETURNED and problem.lead_unit is None
    assert as_user(cast.wu).get(address).status_code == 404


def test_what_is_not_ours_goes_back_within_the_limit_only(cast):
    problem = go(cast, register(cast), "accept", "assign")
    Problem.objects.filter(pk=problem.pk).update(
        assigned_at=timezone.now() - datetime.timedelta(days=20)
    )
    problem.refresh_from_db()
    with pytest.raises(Conflict):
        workflow.problem_give_back(problem=problem, by=cast.li, why="不属于本辖区。")


def test_a_helping_unit_sees_its_part_and_answers_it_once(cast, as_user):
    problem = go(cast, register(cast), "accept", "assign")
    task = ProblemTask.objects.get(unit=cast.nanmen)
    address = reverse("problem_help", args=[problem.uid, task.pk])
    sun = as_user(cast.sun)
    assert address in sun.get(reverse("problem_detail", args=[problem.uid])).content.decode()
    assert as_user(cast.li).get(address).status_code == 404  # not their part
    for wrong in (" ", "\0", "长" * 20_001):
        assert sun.post(address, {"answer": wrong}).status_code == 422
    assert sun.post(address, {"answer": "已增派巡逻。"}).status_code == 302
    assert sun.post(address, {"answer": "又一次。"}).status_code == 409
    task.refresh_from_db()
    assert task.answer == "已增派巡逻。" and task.answered_by == cast.sun.officer
    assert problem.steps.filter(verb="help").count() == 1


def test_a_visit_before_the_answer_or_by_telephone_or_elsewhere_proves_nothing(cast):
    before = record_visit(cast, cast.li)
    problem = go(cast, register(cast), *TO_FOLLOW_UP)
    with pytest.raises(Invalid):
        workflow.problem_verify(problem=problem, by=cast.li, visit=before)
    with pytest.raises(Invalid):
        workflow.problem_verify(
            problem=problem,
            by=cast.li,
            visit=record_visit(cast, cast.li, kind="phone", started_at=timezone.now()),
        )
    with pytest.raises(Missing):
        elsewhere = record_visit(cast, cast.li, cast.hotel, started_at=timezone.now())
        workflow.problem_verify(problem=problem, by=cast.li, visit=elsewhere)
    assert Problem.objects.get(pk=problem.pk).state == State.FOLLOW_UP


def test_nobody_of_the_house_confirms_for_the_enterprise(cast):
    problem = go(cast, register(cast), *TO_FOLLOW_UP)
    for person in EVERYBODY:
        with pytest.raises(NotAllowed):
            workflow.problem_confirm(problem=problem, by=getattr(cast, person))
    workflow.problem_confirm(problem=problem, by=None)
    assert (problem.state, problem.proof) == (State.CLOSED, Proof.ENTERPRISE)


def test_dissatisfied_means_redone_on_the_first_clock(cast):
    problem = register(cast)
    first = problem.due_at
    go(cast, problem, *TO_FOLLOW_UP)
    assert problem.overdue_from is None
    workflow.problem_dispute(problem=problem, by=None, why="车位还是被占。")
    assert (problem.state, problem.redone, problem.handled_at) == (State.IN_PROGRESS, 1, None)
    assert problem.due_at == problem.overdue_from == first


def test_silence_is_a_state_of_its_own_and_is_no_solution(cast):
    problem = go(cast, register(cast), *TO_FOLLOW_UP)
    with pytest.raises(Conflict):
        workflow.problem_fall_silent(problem=problem, by=None)
    Problem.objects.filter(pk=problem.pk).update(
        follow_up_until=timezone.now() - datetime.timedelta(minutes=1)
    )
    assert workflow.sweep_follow_ups() == 1 and workflow.sweep_follow_ups() == 0
    problem.refresh_from_db()
    assert (problem.state, problem.proof, problem.is_solved) == (State.UNCONFIRMED, "", False)
    workflow.problem_verify(
        problem=problem, by=cast.li, visit=record_visit(cast, cast.li, started_at=timezone.now())
    )
    assert problem.is_solved


def test_a_problem_raised_is_the_parents_to_dispatch(cast):
    problem = register(cast)
    workflow.problem_raise(problem=problem, by=cast.head, why="需要分局协调。")
    assert problem.dispatch_unit == cast.county
    with pytest.raises(NotAllowed):
        workflow.problem_accept(problem=problem, by=cast.head)
    workflow.problem_accept(problem=problem, by=cast.county_manager)
    with pytest.raises(NotAllowed):
        workflow.problem_supervise(problem=problem, by=cast.county_manager, why="市局关注。")
    workflow.problem_supervise(problem=problem, by=cast.city_manager, why="市局关注。")
    year = timezone.localdate().year
    assert problem.supervised_no == f"市局督〔{year}〕1号"
    other = register(cast)
    workflow.problem_supervise(problem=other, by=cast.city_manager, why="市局关注。")
    assert other.supervised_no == f"市局督〔{year}〕2号"


def test_a_stale_page_is_told_and_what_was_typed_stays(cast, as_user):
    problem = go(cast, register(cast), "accept", "assign", "acknowledge")
    stale = problem.version
    Problem.objects.filter(pk=problem.pk).update(version=stale + 1)
    client = as_user(cast.li)
    answer = client.post(
        reverse("problem_step", args=[problem.uid, "answer"]),
        {"version": stale, "why": "", **ANSWER},
    )
    assert answer.status_code == 409 and ANSWER["result"] in answer.content.decode()
    assert f'value="{stale + 1}"' in answer.content.decode()


def test_a_step_needs_its_words(cast, as_user):
    problem = go(cast, register(cast), "accept", "assign", "acknowledge")
    answer = press(as_user(cast.li), problem, "answer", result="", reply="")
    assert (
        answer.status_code == 422 and Problem.objects.get(pk=problem.pk).state == State.ACKNOWLEDGED
    )
    assert press(as_user(cast.head), problem, "withdraw").status_code == 422


def test_every_step_is_written_with_who_when_whence_and_why(cast):
    problem = go(cast, register(cast), *TO_FOLLOW_UP)
    workflow.problem_dispute(problem=problem, by=None, why="没有解决。")
    steps = list(ProblemStep.objects.filter(problem=problem).order_by("position"))
    assert [step.position for step in steps] == list(range(1, len(steps) + 1))
    for earlier, later in zip(steps, steps[1:], strict=False):
        assert earlier.new_state == later.old_state and earlier.at <= later.at
    assert steps[-1].by is None and steps[-1].why == "没有解决。"
    assert all(step.unit_id for step in steps[:-1])


def test_lists_hold_what_their_tabs_say(cast, as_user):
    mine = register(cast)
    go(cast, register(cast, title="已转派"), "accept", "assign")
    confirm = go(cast, register(cast, title="待确认"), *TO_FOLLOW_UP)
    address = reverse("problem_list")

    def titles(user, **query):
        return {
            row["cells"][0]["value"] for row in as_user(user).get(address, query).context["rows"]
        }

    assert titles(cast.li, mine="1") == {mine.title, "已转派", "待确认"}
    assert titles(cast.sun, in_hand="1") == {"已转派"}  # they help
    assert titles(cast.head, in_hand="1") == {mine.title, "已转派", "待确认"}
    assert titles(cast.head, state="follow_up") == {confirm.title}
    assert titles(cast.head, supervised="1") == set()


def test_the_steps_that_may_be_taken_cost_no_statement(cast, django_assert_num_queries):
    problem = register(cast)
    possible_steps(problem, cast.head)
    with django_assert_num_queries(0):
        assert [row.name for row in possible_steps(problem, cast.head)][:1] == ["accept"]
