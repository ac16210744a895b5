"""Steps that tests of the enterprise's portal share."""

import uuid

from tests.steps import register
from visits.models import Problem
from visits.portal.links import link_issue
from visits.problems import workflow

#: What no page of the portal may ever hold.
CANARY = "内部字样勿外传"
REPLY = "已在厂区门口划设临时停车位，并增派早晚高峰疏导警力。"


def registered(cast, **values):
    """A problem of 森马, reported by 小李, with the canary in its description."""
    return register(cast, **{"title": "厂区门口停车难", "description": CANARY, **values})


def answered_again(cast, problem):
    """Take a problem from work to the enterprise's follow-up, the canary in all that is internal."""
    workflow.problem_answer(problem=problem, by=cast.li, why=CANARY, result=CANARY, reply=REPLY)
    workflow.problem_review(problem=problem, by=cast.head, why=CANARY)
    return workflow.problem_approve(problem=problem, by=cast.head, why=CANARY)


def followed_up(cast, **values):
    """A problem that has been answered and waits for the enterprise."""
    problem = registered(cast, **values)
    workflow.problem_accept(problem=problem, by=cast.head, why=CANARY)
    workflow.problem_assign(problem=problem, by=cast.head, why=CANARY, unit=cast.wuma)
    workflow.problem_acknowledge(problem=problem, by=cast.li, why=CANARY)
    workflow.problem_start(problem=problem, by=cast.li, why=CANARY)
    return answered_again(cast, problem)


def confirm_link(cast, problem, by=None):
    """``(link, secret)`` with which the enterprise says whether ``problem`` is solved."""
    return link_issue(uid=uuid.uuid4(), payload={}, by=by or cast.li, problem=problem)


def report_link(cast, by=None):
    """``(link, secret)`` with which 林小红 reports for 森马."""
    return link_issue(
        uid=uuid.uuid4(), payload={}, by=by or cast.li, enterprise=cast.semir, contact=cast.contact
    )


def fresh(problem):
    return Problem.objects.get(pk=problem.pk)


#: A confirmation as the portal's form sends it.
SOLVED = {
    "answer": "confirm",
    "rating": "5",
    "was_prompt": "yes",
    "was_polite": "yes",
    "was_explained": "no",
    "was_solved": "yes",
    "remark": "很满意",
}
DISPUTED = {"answer": "dispute", "remark": "早高峰仍然堵塞"}
