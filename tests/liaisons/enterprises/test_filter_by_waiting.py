"""Enterprises that wait for a visit since a number of days."""

import pytest
from django.urls import reverse

from liaisons.models import Enterprise

pytestmark = pytest.mark.django_db


@pytest.fixture
def visited(cast):
    """森马 was visited today; all others wait since 400 days."""
    Enterprise.objects.filter(pk=cast.semir.pk).update(waiting_since=cast.today)
    return cast


def listed(answer):
    return list(answer.context["rows"])


@pytest.mark.parametrize(("days", "count"), [("0", 4), ("1", 3), ("400", 3), ("401", 0)])
def test_a_number_of_days_narrows_the_list_and_is_shown(visited, as_user, days, count):
    answer = as_user(visited.city_manager).get(reverse("enterprise_list"), {"waiting": days})
    assert len(listed(answer)) == count
    (chip,) = answer.context["filter_chips"]
    assert chip["value"] == days


@pytest.mark.parametrize("days", ["2.5", "-1", "1e3", "10000000000", "9" * 40, "abc"])
def test_what_is_no_number_of_days_is_refused(visited, as_user, days):
    client = as_user(visited.city_manager)
    assert client.get(reverse("enterprise_list"), {"waiting": days}).status_code == 400
    assert client.get("/api/v1/enterprises/", {"waiting": days}).status_code == 422


def test_the_longest_that_can_be_asked_for_finds_nobody(visited, as_user):
    answer = as_user(visited.city_manager).get(reverse("enterprise_list"), {"waiting": "36500"})
    assert answer.status_code == 200 and not listed(answer)
