"""Several problems are accepted or assigned with one press.

What may not be moved is said and keeps no other back.
"""

import uuid

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from tests.steps import go, register
from visits.models import Problem

pytestmark = pytest.mark.django_db


def press(client, verb, problems, **fields):
    back = reverse("problem_list") + "?state=registered"
    body = {"verb": verb, "uid": [str(problem.uid) for problem in problems], "back": back, **fields}
    return client.post(reverse("problem_bulk"), body, follow=True)


def states(*problems):
    return [Problem.objects.get(pk=problem.pk).state for problem in problems]


def test_chosen_ones_are_accepted_and_assigned(cast, as_user):
    first, second, third = (register(cast, title=f"诉求{number}") for number in range(3))
    head = as_user(cast.head)
    page = press(head, "accept", [first, second])
    assert states(first, second, third) == ["accepted", "accepted", "registered"]
    assert page.request["QUERY_STRING"] == "state=registered"
    press(head, "assign", [first, second], unit=cast.wuma.pk)
    assert states(first, second) == ["assigned", "assigned"]


def test_what_may_not_be_moved_is_named_and_the_others_move(cast, as_user):
    ready, far = register(cast), go(cast, register(cast, title="已办结的事"), "accept", "assign")
    page = press(as_user(cast.head), "accept", [ready, far]).content.decode()
    assert states(ready, far) == ["accepted", "assigned"] and "已办结的事" in page


def test_each_that_may_not_be_moved_is_named_below_its_reason(cast, as_user):
    far = [
        go(cast, register(cast, title=f"已交办的事之{number}号"), "accept", "assign")
        for number in range(7)
    ]
    started = go(
        cast, register(cast, title="已开始的事"), "accept", "assign", "acknowledge", "start"
    )
    page = press(as_user(cast.head), "accept", [*far, started])
    told = [str(message) for message in page.context["messages"]]
    assert len(told) == 2 and all(
        sum(problem.title in text for text in told) == 1 for problem in [*far, started]
    )


def test_foreign_and_missing_ones_are_passed_over_alike(cast, as_user):
    foreign = register(cast, by=cast.wu, enterprise=cast.chint)
    answer = as_user(cast.head).post(
        reverse("problem_bulk"),
        {"verb": "accept", "uid": [str(foreign.uid), str(uuid.uuid4()), "x"]},
    )
    assert answer.status_code == 302 and states(foreign) == ["registered"]


def test_it_leads_back_to_this_house_only(cast, as_user):
    answer = as_user(cast.head).post(
        reverse("problem_bulk"), {"verb": "accept", "back": "https://elsewhere.example/"}
    )
    assert answer["Location"] == reverse("problem_list")


def test_only_managers_are_offered_it_and_a_unit_is_needed(cast, as_user):
    problem = go(cast, register(cast), "accept")
    assert 'id="bulk"' in as_user(cast.head).get(reverse("problem_list")).content.decode()
    assert 'id="bulk"' not in as_user(cast.li).get(reverse("problem_list")).content.decode()
    for fields in ({}, {"unit": "²"}, {"unit": "9" * 5000}):
        page = press(as_user(cast.head), "assign", [problem], **fields)
        # Back to the list, which says what is missing.
        assert page.request["QUERY_STRING"] == "state=registered"
        assert [str(message) for message in page.context["messages"]] == [
            gettext("Choose the unit to assign to.")
        ]
    assert states(problem) == ["accepted"]
    assert press(as_user(cast.head), "fly", [problem]).status_code == 404


def test_when_it_would_be_due_is_answered_across_a_holiday(cast, as_user):
    from crm.seeds import seed_calendar

    seed_calendar()
    page = (
        as_user(cast.li)
        .get(reverse("problem_due"), {"urgency": "normal", "start": "2025-09-28T10:00"})
        .content.decode()
    )
    assert "2025-10-14 24:00" in page and "2025-10-11" in page
    page = (
        as_user(cast.li)
        .get(reverse("problem_due"), {"urgency": "normal", "start": "2026-12-30T10:00"})
        .content.decode()
    )
    assert "2027-01-08" in page and "尚未公布" in page


@pytest.mark.parametrize(
    "start", ["9999-12-31T23:59", "2101-01-01T00:00", "1999-12-31T10:00", "0001-01-01T00:00"]
)
def test_a_day_beyond_all_calendars_is_refused_and_stays_typed(cast, as_user, start):
    page = as_user(cast.li).get(reverse("problem_due"), {"urgency": "normal", "start": start})
    assert (
        page.status_code == 200
        and page.context["form"].errors["start"]
        and start[:10] in page.content.decode()
    )
