"""The statements of a request do not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import record_visit

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
