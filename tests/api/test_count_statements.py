"""The statements of a request do not grow with the rows."""

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from crm.db.scope import Scope, may
from crm.models import User
from crm.writing import rows
from liaisons.models import Enterprise
from tests.api.bodies import body_for
from tests.cast import record_visit
from tests.steps import register
from visits.models import Problem

pytestmark = pytest.mark.django_db


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured.captured_queries)


@pytest.mark.parametrize("person, most", [("city_manager", 2), ("head", 5), ("li", 5)])
def test_a_list_costs_the_same_for_one_row_and_for_many(cast, program, person, most):
    client = program(getattr(cast, person))
    record_visit(cast, cast.li, topics=[cast.safety])
    client.get("visits/")  # the token's first use is noted
    few = statements(client, "visits/")
    for _ in range(6):
        record_visit(
            cast, cast.li, topics=[cast.safety, cast.fraud], companions=[cast.zhang.officer]
        )
    assert statements(client, "visits/") == few <= most


def test_a_row_in_full_costs_the_same_for_one_topic_and_for_many(cast, program):
    client = program(cast.city_manager)
    few = record_visit(cast, cast.li)
    many = record_visit(
        cast,
        cast.li,
        topics=[cast.safety, cast.fraud],
        companions=[cast.zhang.officer],
        services=[cast.advice],
    )
    client.get("visits/")
    assert (
        statements(client, f"visits/{few.uid}/") == statements(client, f"visits/{many.uid}/") <= 5
    )


def test_a_filtered_list_builds_the_filters_it_needs(cast, program):
    client = program(cast.city_manager)
    record_visit(cast, cast.li)
    client.get("visits/")
    assert statements(client, f"visits/?unit={cast.county.code}&kind=door") <= 5


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[type[Model]]:
    """The models of the rows of which services have asked the database whether they are in scope."""
    models = []

    def ask(user: User, action: str, row: Model) -> bool:
        models.append(type(row))
        return may(user, action, row)

    monkeypatch.setattr(rows, "may", ask)
    return models


def test_what_a_body_names_is_looked_up_once(cast, program, asked):
    who, body = body_for("problems", cast)
    assert program(who).post("problems/", body).status_code == 201
    assert asked == [Problem]


def test_a_service_asks_of_what_the_request_has_not_looked_up(cast, asked):
    register(cast)
    assert asked == [Enterprise, Problem]
    scope = Scope.of(cast.li)
    scope.note("view", cast.semir)
    register(cast)
    assert asked == [Enterprise, Problem, Problem]
    assert not scope.noted("change", cast.semir) and not scope.noted("view", cast.hotel)
    register(cast, enterprise=cast.hotel)
    assert asked[3:] == [Enterprise, Problem]
    assert not Scope.of(User.objects.get(pk=cast.li.pk)).looked_up
