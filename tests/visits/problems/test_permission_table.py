"""Who may take which step: every row of the table for every relation that a person can have to a problem.

The expectation is written by hand, from domain and decisions, not from the code.

小李 of 五马 visited 森马 with 小吴 of another county and reported the problem. 五马 dispatches it, 南门 handles it.
"""

import pytest

from crm.errors import NotAllowed
from crm.models import Role, User
from liaisons.models import Officer
from tests.cast import PASSWORD, record_visit
from visits.models import Problem
from visits.problems.workflow.engine import TABLE, obstacle

pytestmark = pytest.mark.django_db

ABOVE = {"county_manager", "city_manager"}
DISPATCH = ABOVE | {"head"}
HANDLE = ABOVE | {"sun", "nanmen_head"}
REPORT = DISPATCH | {"li"}
#: Who was there or is there for the enterprise: its lead, its deputy, the companion; and who dispatches.
FOLLOW_UP = DISPATCH | {"li", "zhang", "wu"}
ANY_BUSINESS = FOLLOW_UP | HANDLE | {"colleague", "he", "other_manager"}
NOBODY = set()

MAY = {
    "accept": DISPATCH,
    "assign": DISPATCH,
    "raise": DISPATCH,
    "acknowledge": HANDLE,
    "give_back": HANDLE,
    "start": HANDLE,
    "answer": HANDLE,
    "ask_extension": HANDLE,
    "grant_extension": DISPATCH,
    "refuse_extension": DISPATCH,
    "pause": DISPATCH,
    "resume": DISPATCH,
    "plan": DISPATCH,
    "pass_outside": DISPATCH,
    "take_back": DISPATCH,
    "review": DISPATCH,
    "approve": DISPATCH,
    "send_back": DISPATCH,
    "confirm": NOBODY,  # the enterprise, by its link
    "verify": FOLLOW_UP,
    "dispute": FOLLOW_UP,
    "fall_silent": NOBODY,  # the system, by the clock
    "solve_on_spot": REPORT,
    "withdraw": REPORT,
    "reopen": DISPATCH,
    "supervise": ABOVE,
    "again": ANY_BUSINESS,
}
PEOPLE = [
    "li",
    "zhang",
    "colleague",
    "sun",
    "nanmen_head",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
    "security_admin",
    "audit_admin",
]


@pytest.fixture
def people(cast):
    """Name → account: the cast, a colleague of 五马 without any part in it, and the head of 南门."""
    for name, number, unit, role in (
        ("colleague", "0100101", cast.wuma, Role.OFFICER),
        ("nanmen_head", "0100102", cast.nanmen, Role.STATION_HEAD),
    ):
        user = User.objects.create_user(number, name, role=role, unit=unit, password=PASSWORD)
        Officer.objects.create(
            user=user, name=name, police_number=number, unit=unit, tier=Officer.Tier.STATION
        )
        setattr(cast, name, user)
    return {name: User.objects.get(pk=getattr(cast, name).pk) for name in PEOPLE}


@pytest.fixture
def problem(cast):
    record_visit(
        cast,
        cast.li,
        companions=[cast.wu.officer],
        problems=[{"title": "停车难", "urgency": "normal"}],
    )
    Problem.objects.update(dispatch_unit=cast.wuma, lead_unit=cast.nanmen, handler=cast.sun.officer)
    return Problem.objects.get()


def test_the_table_is_whole():
    assert MAY.keys() == TABLE.keys()


@pytest.mark.parametrize("name", MAY)
def test_who_may(people, problem, name):
    row = TABLE[name]
    assert {who for who, user in people.items() if row.who(user, problem)} == MAY[name]


@pytest.mark.parametrize("name", MAY)
def test_others_are_refused_in_every_state_it_starts_from(people, problem, name):
    """And whoever may is at most held up by the moment, never told that it is for others."""
    row = TABLE[name]
    for state in row.sources:
        problem.state = state
        refused = {
            who
            for who, user in people.items()
            if isinstance(obstacle(row, problem, user), NotAllowed)
        }
        assert refused == set(PEOPLE) - MAY[name], state


@pytest.mark.parametrize("name", MAY)
def test_an_ended_account_may_nothing(people, problem, name):
    row = TABLE[name]
    problem.state = next(iter(row.sources))
    for user in people.values():
        user.is_active = False
        assert isinstance(obstacle(row, problem, user), NotAllowed)


def test_only_what_the_clock_and_the_enterprise_do_is_done_by_nobody(problem):
    assert {name for name, row in TABLE.items() if row.by_system} == {
        "confirm",
        "fall_silent",
        "dispute",
    }
