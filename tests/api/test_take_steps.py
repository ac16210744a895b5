"""Other systems lead a problem on by the same verbs as the pages."""

import uuid

import pytest

from tests.steps import ANSWER, go, register
from visits.models import Problem

pytestmark = pytest.mark.django_db


def take(client, problem, verb, version=None, **fields):
    version = version or Problem.objects.get(pk=problem.pk).version
    return client.post(
        f"problems/{problem.uid}/steps/", {"verb": verb, "version": version, **fields}
    )


def test_a_problem_is_led_to_its_answer(cast, program):
    problem = register(cast)
    head, li = program(cast.head), program(cast.li)
    assert head.get(f"problems/{problem.uid}/steps/").json()["possible"][:1] == ["accept"]
    for client, verb, fields in (
        (head, "accept", {}),
        (head, "assign", {"unit": "33030201", "helpers": ["33030202"]}),
        (li, "acknowledge", {}),
        (li, "start", {}),
        (li, "answer", ANSWER),
        (head, "review", {}),
        (head, "approve", {}),
    ):
        answer = take(client, problem, verb, **fields)
        assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["state"], body["overdue"], body["overdue_from"]) == ("follow_up", False, None)
    steps = li.get(f"problems/{problem.uid}/steps/").json()["steps"]
    assert [step["verb"] for step in steps][-1] == "approve" and steps[2]["to_unit"] == "33030201"
    assert [step["position"] for step in steps] == list(range(1, 9))
    assert set(steps[0]) == {
        "position",
        "verb",
        "old_state",
        "new_state",
        "at",
        "by",
        "unit",
        "to_unit",
        "why",
        "detail",
        "due_at",
    }


def test_what_may_not_be_done_is_told_apart(cast, program):
    problem = register(cast)
    head = program(cast.head)
    assert take(program(cast.li), problem, "accept").status_code == 403
    assert take(program(cast.wu), problem, "accept").status_code == 404
    assert take(head, problem, "assign", unit="33030201").status_code == 409  # not accepted yet
    assert take(head, problem, "accept", version=7).status_code == 409
    assert take(head, problem, "fly").status_code == 422
    assert take(head, problem, "accept", wings=2).status_code == 422
    assert take(head, problem, "accept", until="2026-12-01").status_code == 422
    assert head.post(f"problems/{problem.uid}/steps/", {"verb": "accept"}).status_code == 428
    go(cast, problem, "accept")
    assert take(head, problem, "assign").status_code == 422
    assert take(head, problem, "assign", unit="99999999").status_code == 422
    assert head.get(f"problems/{uuid.uuid4()}/steps/").status_code == 404


def test_the_state_is_no_field_to_be_written(cast, program):
    problem = register(cast)
    answer = program(cast.head).patch(f"problems/{problem.uid}/", {"state": "closed", "version": 1})
    assert answer.status_code == 422 and Problem.objects.get(pk=problem.pk).state == "registered"
