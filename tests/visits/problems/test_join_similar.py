"""While a title is typed, problems like it are shown, and what is on its way is added to instead of
entered twice.
"""

import pytest
from django.urls import reverse

from tests.steps import go, register
from visits.models import Problem
from visits.problems.similar import likeness, pairs_of

pytestmark = pytest.mark.django_db


def asked(client, enterprise, title, name="title"):
    return client.get(reverse("problem_similar", args=[enterprise.uid]), {name: title})


def test_the_enterprises_own_come_first_with_the_way_to_join_them(cast, as_user):
    other = go(
        cast,
        register(cast, enterprise=cast.hotel, title="厂门口停车困难"),
        "accept",
        "assign",
        "acknowledge",
        "answer",
    )
    own = register(cast, title="门口停车困难")
    page = asked(as_user(cast.li), cast.semir, "厂门口停车困难", "problem-0-title").content.decode()
    assert page.index(own.title) < page.index(cast.hotel.name) and other.reply in page
    assert reverse("problem_step", args=[own.uid, "again"]) in page
    # Another enterprise's is no place to add to.
    assert reverse("problem_step", args=[other.uid, "again"]) not in page


def test_what_is_unlike_too_short_or_foreign_is_not_shown(cast, as_user):
    register(cast, title="咨询落户政策")
    foreign = register(cast, by=cast.wu, enterprise=cast.chint, title="厂门口停车困难")
    li = as_user(cast.li)
    assert "similar-found" not in asked(li, cast.semir, "厂门口停车困难").content.decode()
    assert "similar-found" not in asked(li, cast.semir, "落户").content.decode()
    assert foreign.title in asked(as_user(cast.wu), cast.chint, "厂门口停车困难").content.decode()
    assert asked(li, cast.chint, "厂门口停车困难").status_code == 404


def test_adding_to_one_counts_it_and_keeps_its_clock(cast, as_user):
    problem = register(cast)
    address = reverse("problem_step", args=[problem.uid, "again"])
    form = as_user(cast.zhang).get(address, {"why": "又反映停车难"})
    assert "又反映停车难" in form.content.decode()
    assert (
        as_user(cast.zhang).post(address, {"version": 1, "why": "又反映停车难"}).status_code == 302
    )
    again = Problem.objects.get(pk=problem.pk)
    assert (again.repeats, again.state, again.due_at) == (1, "registered", problem.due_at)
    assert again.steps.filter(verb="again", why="又反映停车难").count() == 1


def test_statements_do_not_grow_with_the_problems(cast, as_user, django_assert_max_num_queries):
    for number in range(12):
        register(cast, title=f"门口停车困难{number}")
    client = as_user(cast.li)
    asked(client, cast.semir, "门口停车困难")
    with django_assert_max_num_queries(9):
        asked(client, cast.semir, "门口停车困难")


def test_likeness_is_dices_coefficient():
    assert likeness(pairs_of("停车难"), pairs_of("停车难")) == 1.0
    assert likeness(pairs_of("门口停车难"), pairs_of("停车难")) == pytest.approx(2 * 2 / (4 + 2))
    assert likeness(pairs_of("停"), pairs_of("停车难")) == 0.0
