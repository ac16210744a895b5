"""A common cause is solved once.

Each of its problems is answered by its own ordinary step, with its own guards and clock.
"""

import pytest
from django.urls import reverse

from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import Notice
from tests.causes import found, three_alike
from tests.steps import ANSWER, go
from visits.causes.solving import cause_answer, cause_reopen, cause_solve
from visits.models import CommonCause, Problem
from visits.models.problems import State
from visits.problems import workflow
from visits.problems.presentation import waits_for

pytestmark = pytest.mark.django_db

SOLUTION, REPLY = "会同交警划设了临时车位。", "门口已划设临时停车位。"


@pytest.fixture
def at_work(cast):
    """A cause with three problems: two in the hands of 五马, one registered at 南门 and not accepted
    yet.
    """
    one, two, three = three_alike(cast)
    for problem in (one, two):
        go(cast, problem, "accept", "assign", "acknowledge", "start")
    cause = found(cast, [one, two, three])
    for row in (one, two, three, cause):
        row.refresh_from_db()
    return cause, one, two, three


def solved(cast, cause):
    return cause_solve(cause=cause, solution=SOLUTION, reply=REPLY, by=cast.head)


def form_of(page):
    """What the page of answers sends when it is sent as it was shown."""
    body = {"uid": [str(line.uid) for line in page.context["lines"] if line.is_chosen]}
    for line in page.context["lines"]:
        body |= {
            f"version-{line.uid}": line.version,
            f"result-{line.uid}": line.new_result,
            f"reply-{line.uid}": line.new_reply,
        }
    return body


def test_solving_proposes_the_same_answer_to_each_and_answers_by_the_ordinary_step(
    cast, as_user, at_work
):
    cause, one, two, three = at_work
    due = dict(Problem.objects.values_list("pk", "due_at"))
    head = as_user(cast.head)
    page = reverse("cause_solve", args=[cause.uid])
    assert (
        head.get(page).status_code == 200
        and head.post(page, {"version": 1, "solution": " ", "reply": REPLY}).status_code == 422
    )
    answer = head.post(page, {"version": 1, "solution": SOLUTION, "reply": REPLY})
    assert answer["Location"] == reverse("cause_answers", args=[cause.uid])
    shown = head.get(answer["Location"])
    assert {line.uid for line in shown.context["lines"]} == {one.uid, two.uid} and shown.context[
        "others"
    ] == 1
    assert shown.content.decode().count(REPLY) == 2
    body = form_of(shown) | {f"reply-{two.uid}": "酒店门口也已划线。"}
    assert head.post(answer["Location"], body).status_code == 302
    for problem, reply in ((one, REPLY), (two, "酒店门口也已划线。")):
        problem.refresh_from_db()
        assert (problem.state, problem.reply, problem.result, problem.overdue_from) == (
            State.ANSWERED,
            reply,
            SOLUTION,
            None,
        )
        assert problem.due_at == due[problem.pk] and problem.handled_at is not None
        step = problem.steps.get(verb="answer")
        assert step.by == cast.head and cause.title in step.why
    three.refresh_from_db()
    assert three.state == State.REGISTERED  # nobody answers by solving
    workflow.problem_review(problem=one, by=cast.head)  # and on it goes as always


def test_what_cannot_be_answered_now_says_why(cast, as_user, at_work):
    cause, one, two, three = at_work
    workflow.problem_pause(problem=one, by=cast.head, reason=Problem.Pause.COURT, why="等待判决。")
    solved(cast, cause)
    page = as_user(cast.county_manager).get(reverse("cause_answers", args=[cause.uid]))
    reasons = {problem.uid: problem.reason for problem in page.context["blocked"]}
    assert set(reasons) == {one.uid, three.uid} and [
        line.uid for line in page.context["lines"]
    ] == [two.uid]
    assert (
        all(reason in page.content.decode() for reason in reasons.values())
        and reasons[one.uid] != reasons[three.uid]
    )
    three.refresh_from_db()
    # Who is to do what first, and not merely that it is too early.
    assert reasons[three.uid] == waits_for(three)
    # Helps with two of them.
    sun = as_user(cast.sun).get(reverse("cause_answers", args=[cause.uid]))
    assert not sun.context["lines"] and len(sun.context["blocked"]) == 3


def test_only_what_is_ticked_is_answered_and_the_rest_may_follow(cast, as_user, at_work):
    cause, one, two, _three = at_work
    solved(cast, cause)
    li, address = as_user(cast.li), reverse("cause_answers", args=[cause.uid])
    assert li.post(address, {}).status_code == 422
    body = form_of(li.get(address))
    li.post(address, body | {"uid": [str(two.uid)]})
    assert (
        Problem.objects.get(pk=one.pk).state == State.IN_PROGRESS
        and Problem.objects.get(pk=two.pk).state == State.ANSWERED
    )
    again = li.get(address)
    assert [line.uid for line in again.context["lines"]] == [one.uid] and [
        p.uid for p in again.context["handled"]
    ] == [two.uid]


def test_an_answer_without_words_is_marked_and_the_others_are_taken(cast, as_user, at_work):
    cause, one, two, _three = at_work
    solved(cast, cause)
    head, address = as_user(cast.head), reverse("cause_answers", args=[cause.uid])
    body = form_of(head.get(address)) | {
        f"reply-{one.uid}": "  ",
        f"result-{one.uid}": "打出来的字",
    }
    answer = head.post(address, body)
    assert answer.status_code == 422 and "打出来的字" in answer.content.decode()
    assert (
        Problem.objects.get(pk=one.pk).state == State.IN_PROGRESS
        and Problem.objects.get(pk=two.pk).state == State.ANSWERED
    )
    assert (
        head.post(
            address, body | {"uid": [str(one.uid)], f"reply-{one.uid}": "长" * 2001}
        ).status_code
        == 422
    )
    assert Problem.objects.get(pk=one.pk).state == State.IN_PROGRESS


def test_what_somebody_else_answered_in_between_is_reported_and_not_lost(cast, as_user, at_work):
    cause, one, two, _three = at_work
    solved(cast, cause)
    head, address = as_user(cast.head), reverse("cause_answers", args=[cause.uid])
    body = form_of(head.get(address)) | {f"reply-{one.uid}": "我写的答复。"}
    workflow.problem_answer(problem=Problem.objects.get(pk=one.pk), by=cast.li, **ANSWER)
    answer = head.post(address, body)
    text = answer.content.decode()
    assert (
        answer.status_code == 409
        and "小李" in text
        and "我写的答复。" in text
        and answer.context["refused"] == 1
    )
    one.refresh_from_db()
    assert one.reply == ANSWER["reply"] and one.steps.filter(verb="answer").count() == 1
    assert Problem.objects.get(pk=two.pk).reply == REPLY


def test_what_somebody_else_changed_in_between_is_shown_again_with_the_words_kept(
    cast, as_user, at_work
):
    cause, one, _two, _three = at_work
    solved(cast, cause)
    head, address = as_user(cast.head), reverse("cause_answers", args=[cause.uid])
    body = form_of(head.get(address)) | {f"reply-{one.uid}": "我写的答复。"}
    workflow.problem_again(problem=Problem.objects.get(pk=one.pk), by=cast.zhang, why="又反映。")
    answer = head.post(address, body)
    assert answer.status_code == 409 and "我写的答复。" in answer.content.decode()
    assert head.post(address, form_of(answer)).status_code == 302
    assert Problem.objects.get(pk=one.pk).reply == "我写的答复。"


def test_a_foreign_or_unjoined_problem_cannot_be_slipped_in(cast, as_user, at_work):
    cause, _one, _two, three = at_work
    solved(cast, cause)
    body = {
        "uid": [str(three.uid)],
        f"version-{three.uid}": 1,
        f"result-{three.uid}": "甲",
        f"reply-{three.uid}": "乙",
    }
    assert (
        as_user(cast.head).post(reverse("cause_answers", args=[cause.uid]), body).status_code == 422
    )
    assert (
        as_user(cast.wu).post(reverse("cause_answers", args=[cause.uid]), body).status_code == 404
    )
    assert Problem.objects.get(pk=three.pk).state == State.REGISTERED


def test_it_is_solved_once_by_who_leads_it_and_may_be_reopened(cast, as_user, at_work):
    cause, *_problems = at_work
    with pytest.raises(NotAllowed):
        cause_solve(cause=cause, solution=SOLUTION, reply=REPLY, by=cast.li)
    assert as_user(cast.li).get(reverse("cause_solve", args=[cause.uid])).status_code == 404
    with pytest.raises(Invalid):
        cause_solve(cause=cause, solution=SOLUTION, reply="长" * 2001, by=cast.head)
    with pytest.raises(Conflict):
        cause_answer(cause=cause, answers=[], by=cast.head)
    stale = CommonCause.objects.get(pk=cause.pk)
    solved(cast, cause)
    with pytest.raises(Conflict):
        solved(cast, stale)  # read while it was open
    assert CommonCause.objects.get(pk=cause.pk).steps.filter(verb="solve").count() == 1
    page = reverse("cause_reopen", args=[cause.uid])
    head = as_user(cast.head)
    assert (
        head.post(page, {"why": ""}).status_code == 422
        and head.post(page, {"why": "又堵了。"}).status_code == 302
    )
    cause.refresh_from_db()
    assert (cause.state, cause.solved_on, cause.reply) == ("open", None, REPLY)
    with pytest.raises(Conflict):
        cause_reopen(cause=cause, why="再一次。", by=cast.head)


def test_the_solved_form_that_is_stale_keeps_what_was_typed(cast, as_user, at_work):
    cause, *_problems = at_work
    answer = as_user(cast.head).post(
        reverse("cause_solve", args=[cause.uid]),
        {"version": 7, "solution": "打出来的字", "reply": REPLY},
    )
    assert answer.status_code == 409 and "打出来的字" in answer.content.decode()


def test_handlers_of_what_is_not_answered_are_told_once_and_led_to_their_answers(cast, at_work):
    cause, one, two, _three = at_work
    Problem.objects.filter(pk__in=[one.pk, two.pk]).update(handler=cast.li.officer)
    Notice.objects.all().delete()
    solved(cast, cause)
    told = dict(Notice.objects.filter(kind="cause.solved").values_list("owner__name", "path"))
    # 钱局 manages what 南门 has.
    assert told == dict.fromkeys(("小李", "钱局"), reverse("cause_answers", args=[cause.uid]))


def test_pages_need_no_more_statements_for_many(
    cast, as_user, at_work, django_assert_max_num_queries
):
    cause, *_problems = at_work
    solved(cast, cause)
    client = as_user(cast.head)
    client.get(reverse("cause_answers", args=[cause.uid]))
    with django_assert_max_num_queries(12):
        client.get(reverse("cause_answers", args=[cause.uid]))
