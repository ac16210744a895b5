"""The enterprise's portal: it confirms or disputes, once, and reads nothing that is not its own."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.errors import Conflict, Invalid
from crm.models import AuditEvent
from tests.links import (
    CANARY,
    DISPUTED,
    REPLY,
    SOLVED,
    answered_again,
    confirm_link,
    followed_up,
    fresh,
    registered,
)
from visits.models import EnterpriseLink, Feedback, Problem
from visits.models.problems import Proof, State
from visits.portal.services import feedback_give
from visits.problems.workflow import problem_dispute, problem_reopen

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(cast):
    return followed_up(cast)


@pytest.fixture
def portal(cast, problem):
    """The address of the problem's link."""
    return f"/e/{confirm_link(cast, problem)[1]}"


def test_it_tells_what_is_the_enterprises_and_nothing_else(cast, client, problem, portal):
    registered(cast, title=f"另一件{CANARY}")
    Problem.objects.filter(pk=problem.pk).update(outside_body=CANARY, supervised_no="内督1号")
    page = client.get(portal)
    text = page.content.decode()
    assert page.status_code == 200 and '<html lang="zh-CN"' in text
    for told in (cast.semir.name, problem.title, REPLY, str(problem.reported_on)):
        assert told in text
    for kept in (
        CANARY,
        "内督1号",
        "小李",
        "王所",
        "五马",
        "林小红",
        "林**",
        "13800001234",
        str(problem.uid),
    ):
        assert kept not in text, kept
    for name, value in (("X-Robots-Tag", "noindex"), ("Cache-Control", "no-store")):
        assert page[name] == value
    assert page["Referrer-Policy"].startswith("no-referrer") and "sessionid" not in page.cookies


def test_nothing_internal_is_told_in_any_state_of_the_problem(cast, client, problem, portal):
    """Whatever the problem has become, the page holds no internal word, and the reply only once it
    is approved.
    """
    for state in State:
        Problem.objects.filter(pk=problem.pk).update(state=state)
        page = client.get(portal)
        assert page.status_code == 200 and CANARY not in page.content.decode(), state
        shown = state in {State.FOLLOW_UP, State.UNCONFIRMED, State.CLOSED}
        assert (REPLY in page.content.decode()) == shown, state
        assert ('<form method="post" class="form"' in page.content.decode()) == (
            state in {State.FOLLOW_UP, State.UNCONFIRMED}
        )


def test_a_confirmation_closes_the_problem(cast, as_user, client, problem, portal):
    answer = client.post(portal, SOLVED)
    assert answer.status_code == 302 and answer["Location"] == portal
    problem = fresh(problem)
    assert (problem.state, problem.proof, problem.ended_on) == (
        State.CLOSED,
        Proof.ENTERPRISE,
        timezone.localdate(),
    )
    feedback = Feedback.objects.get()
    assert (feedback.answer, feedback.rating, feedback.remark) == ("confirm", 5, "很满意")
    assert (
        feedback.was_prompt,
        feedback.was_polite,
        feedback.was_explained,
        feedback.was_solved,
    ) == (True, True, False, True)
    step = problem.steps.last()
    assert (step.verb, step.by, step.unit) == ("confirm", None, None)
    link = EnterpriseLink.objects.get()
    assert (
        link.used_at == feedback.at
        and AuditEvent.objects.filter(
            verb="link.use", actor=None, object_uid=str(link.uid)
        ).exists()
    )
    page = as_user(cast.li).get(reverse("problem_proof_panel", args=[problem.uid]))
    assert "很满意" in page.content.decode() and page.context["feedback"][0].answers[2][1] is False
    assert portal not in page.content.decode()


def test_a_dispute_lets_it_be_redone_on_the_first_clock(cast, client, problem, portal):
    due_at = problem.due_at
    assert client.post(portal, DISPUTED).status_code == 302
    problem = fresh(problem)
    assert (problem.state, problem.redone, problem.due_at, problem.overdue_from) == (
        State.IN_PROGRESS,
        1,
        due_at,
        due_at,
    )
    assert problem.steps.last().why == Feedback.objects.get().remark == "早高峰仍然堵塞"
    assert Feedback.objects.get().was_solved is False and Feedback.objects.get().rating is None


def test_what_is_unconfirmed_may_still_be_answered(cast, client, problem, portal):
    Problem.objects.filter(pk=problem.pk).update(
        state=State.UNCONFIRMED, ended_on=cast.today, follow_up_until=None
    )
    assert client.post(portal, DISPUTED).status_code == 302
    assert fresh(problem).state == State.IN_PROGRESS and fresh(problem).ended_on is None


@pytest.mark.parametrize("first", [SOLVED, DISPUTED], ids=["confirmed", "disputed"])
@pytest.mark.parametrize(
    "second", [SOLVED, DISPUTED, {}], ids=["confirmed again", "disputed again", "nothing"]
)
def test_it_works_once_and_says_so(client, problem, portal, first, second):
    client.post(portal, first)
    before = fresh(problem).version
    for answer in (client.get(portal), client.post(portal, second), client.get(portal)):
        assert answer.status_code == 200 and "verdict-current" in answer.content.decode()
        assert (
            problem.title not in answer.content.decode()
            and "<textarea" not in answer.content.decode()
        )
    assert Feedback.objects.count() == 1 and fresh(problem).version == before


def test_the_second_of_two_at_once_is_told_the_same(client, problem, portal, monkeypatch):
    """Both read the link unused; the first is through: the second reads that it was answered."""
    from visits.portal import views as view

    stale = view.link_behind(portal.removeprefix("/e/"))
    client.post(portal, SOLVED)
    monkeypatch.setattr(view, "link_behind", lambda secret: stale)
    answer = client.post(portal, SOLVED)
    assert (
        answer.status_code == 200
        and "verdict-current" in answer.content.decode()
        and Feedback.objects.count() == 1
    )
    with pytest.raises(Conflict):
        feedback_give(link=stale, answer="dispute", remark="再来一次")


@pytest.mark.parametrize(
    "changes",
    [
        {"rating": ""},
        {"rating": "6"},
        {"rating": "0"},
        {"was_polite": ""},
        {"was_prompt": "perhaps"},
        {"remark": "字" * 1001},
        {"was_solved": "no"},
        {"answer": "dispute", "remark": " "},
        {"answer": "", "remark": ""},
    ],
)
def test_what_is_lacking_is_said_and_nothing_is_written(client, problem, portal, changes):
    answer = client.post(portal, SOLVED | changes)
    assert answer.status_code == 422 and "field-error" in answer.content.decode()
    assert (
        not Feedback.objects.exists()
        and fresh(problem).state == State.FOLLOW_UP
        and EnterpriseLink.objects.get().used_at is None
    )


def test_a_control_character_is_refused_and_the_answer_sent_without_it(client, problem, portal):
    answer = client.post(portal, SOLVED | {"remark": "很\x00满意"})
    assert (
        answer.status_code == 422
        and "很满意" in answer.content.decode()
        and answer["Referrer-Policy"].startswith("no-referrer")
    )
    assert (
        not Feedback.objects.exists()
        and client.post(portal, SOLVED | {"remark": "很满意"}).status_code == 302
    )


def test_the_verb_itself_asks_for_all_that_is_needed(cast, problem):
    link, _secret = confirm_link(cast, problem)
    for values in (
        {"answer": "confirm", "rating": 5},
        {"answer": "dispute"},
        {"answer": "perhaps", "remark": "x"},
    ):
        with pytest.raises(Invalid):
            feedback_give(link=link, **values)
    assert not Feedback.objects.exists()


def test_when_the_problem_moved_on_nothing_is_taken(cast, client, problem, portal):
    problem_dispute(problem=fresh(problem), by=cast.li, why="电话回访不满意")
    page = client.get(portal)
    assert (
        page.status_code == 200
        and "notice-info" in page.content.decode()
        and "电话回访" not in page.content.decode()
    )
    assert client.post(portal, SOLVED).status_code == 409
    assert not Feedback.objects.exists() and EnterpriseLink.objects.get().used_at is None
    answered_again(cast, fresh(problem))
    assert client.post(portal, SOLVED).status_code == 302


def test_a_link_used_up_does_not_open_the_next_round(cast, client, problem, portal):
    client.post(portal, SOLVED)
    problem_reopen(problem=fresh(problem), by=cast.head, why="再次出现")
    answered_again(cast, fresh(problem))
    client.post(portal, DISPUTED)
    assert fresh(problem).state == State.FOLLOW_UP
    assert client.post(f"/e/{confirm_link(cast, fresh(problem))[1]}", DISPUTED).status_code == 302


def test_an_answer_that_was_on_its_way_is_not_taken_in_the_next_round(cast, problem):
    """The link itself is used up: that the problem waits for an answer again does not open it."""
    link, _secret = confirm_link(cast, problem)
    late = EnterpriseLink.objects.get(pk=link.pk)  # read before the first answer came
    feedback_give(link=link, answer="dispute", remark="早高峰仍然堵塞")
    problem_again = fresh(problem)
    answered_again(cast, problem_again)
    assert fresh(problem).state == State.FOLLOW_UP
    with pytest.raises(Conflict):
        feedback_give(link=late, answer="dispute", remark="再说一遍")
    assert Feedback.objects.count() == 1 and fresh(problem).state == State.FOLLOW_UP


def test_its_forms_are_protected(cast, problem, portal):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(portal, SOLVED).status_code == 403
    token = strict.get(portal).cookies["csrftoken"].value
    assert strict.post(portal, SOLVED | {"csrfmiddlewaretoken": token}).status_code == 302


def test_an_expired_link_opens_nothing(client, problem, portal):
    EnterpriseLink.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert client.get(portal).status_code == client.post(portal, SOLVED).status_code == 404
    assert not Feedback.objects.exists()
