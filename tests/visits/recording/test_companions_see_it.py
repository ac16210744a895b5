"""Who was there sees the visit: its officer and each companion, whatever their station."""

import pytest
from django.urls import reverse

from crm.db.scope import may
from tests.api.conftest import Program
from tests.cast import record_visit
from visits.models import Problem, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(cast):
    """小李's visit to 森马 with 小孙 of another station, and a problem that it reported."""
    return record_visit(
        cast,
        cast.li,
        companions=[cast.sun.officer],
        problems=[{"title": "停车难", "urgency": "normal"}],
    )


def test_a_companion_of_another_station_opens_and_lists_it(cast, as_user, visit):
    client = as_user(cast.sun)
    assert client.get(reverse("visit_detail", args=[visit.uid])).status_code == 200
    assert cast.semir.name in client.get(reverse("visit_list")).content.decode()
    assert may(cast.sun, "view", visit) and not may(cast.sun, "change", visit)


def test_another_system_in_the_companions_name_reads_it(cast, visit):
    program = Program(cast.sun)
    assert program.get(f"visits/{visit.uid}/").status_code == 200
    assert [row["uid"] for row in program.get("visits/").json()["results"]] == [str(visit.uid)]


def test_who_is_no_companion_any_more_sees_it_no_more(cast, as_user, visit):
    visit.companions.remove(cast.sun.officer)
    client = as_user(cast.sun)
    assert client.get(reverse("visit_detail", args=[visit.uid])).status_code == 404
    assert not Visit.objects.visible_to(cast.sun).exists()


def test_a_companion_of_one_visit_sees_no_other(cast, as_user, visit):
    other = record_visit(cast, cast.li, cast.hotel)
    assert as_user(cast.sun).get(reverse("visit_detail", args=[other.uid])).status_code == 404


def test_a_companion_may_say_what_became_of_its_problem_only_as_others_may(cast, visit):
    problem = Problem.objects.get()
    assert may(cast.sun, "view", problem) == Problem.objects.visible_to(cast.sun).exists()
