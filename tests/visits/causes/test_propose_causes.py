"""Groups of open problems that are alike are proposed with the reason.

A person founds them or sends them away.
"""

import datetime

import pytest
from django.urls import reverse

from tests.causes import found, three_alike
from tests.steps import go, register
from visits.causes import proposals
from visits.causes.proposals import Place, propose
from visits.models import CommonCause, DismissedGroup, Problem

pytestmark = pytest.mark.django_db


def cards(client, **query):
    """What the page of proposals shows."""
    answer = client.get(reverse("cause_proposals"), query)
    assert answer.status_code == 200
    return answer.context["cards"]


def titles(card):
    return {line["problem"].title for line in card["lines"]}


def groups(user, **options):
    return propose(Problem.objects.visible_to(user), **options).groups


def test_what_is_alike_in_text_and_place_is_proposed_with_the_reason(cast, as_user):
    problems = three_alike(cast)
    register(cast, title="咨询落户政策")
    (card,) = cards(as_user(cast.county_manager))
    assert titles(card) == {problem.title for problem in problems} and card["enterprises"] == 3
    assert "停车难" in card["words"] and card["place"] == "鹿城区" and 50 <= card["least"] < 100
    page = as_user(cast.county_manager).get(reverse("cause_proposals")).content.decode()
    for text in (card["words"], cast.hotel.name, "咨询落户政策"):
        assert (text in page) == (text != "咨询落户政策")


def test_from_the_proposal_the_form_is_one_click_away(cast, as_user):
    problems, client = three_alike(cast), as_user(cast.county_manager)
    (card,) = cards(client)
    form = client.get(card["found_url"])
    assert all(str(problem.uid) in form.content.decode() for problem in problems)
    # The smallest unit that all belong to.
    assert form.context["form"].initial["lead_unit"] == cast.county.pk
    found(cast, problems)
    assert cards(client) == []


def test_the_description_counts_where_the_titles_differ(cast):
    register(cast, title="员工上班没处停", description="厂门口停车难，常被贴单。")
    register(cast, enterprise=cast.hotel, title="门口停车难", description="员工上班没处停。")
    assert len(groups(cast.county_manager)) == 1


def test_one_is_proposed_what_one_may_see(cast, as_user):
    three_alike(cast)
    (card,) = cards(as_user(cast.head))
    assert titles(card) == {"厂区门口停车难", "酒店门口停车难"} and card["place"] == cast.wuma.name
    assert cards(as_user(cast.other_manager)) == []


def test_another_category_or_place_is_another_matter(cast):
    register(cast, title="门口停车难", category=cast.parking)
    # The first level of the same.
    register(cast, enterprise=cast.hotel, title="门口停车难", category=cast.traffic)
    register(cast, by=cast.sun, enterprise=cast.shoes, title="门口停车难")
    register(cast, by=cast.wu, enterprise=cast.chint, title="门口停车难", category=cast.parking)
    assert [len(group.members) for group in groups(cast.city_manager)] == [2]
    assert [len(group.members) for group in groups(cast.city_manager, place=Place.ANYWHERE)] == [3]
    assert [len(group.members) for group in groups(cast.city_manager, place=Place.UNIT)] == [2]


def test_one_enterprise_alone_and_what_has_ended_or_is_joined_are_not_proposed(cast):
    one, two, three = three_alike(cast)
    register(cast, title="厂区门口停车难得很")
    found(cast, [two])
    go(cast, three, "withdraw")
    assert groups(cast.county_manager) == []


def test_words_that_every_category_has_do_not_make_problems_alike(cast):
    for number, category in enumerate((cast.parking, None)):
        enterprise = (cast.semir, cast.hotel)[number]
        register(cast, enterprise=enterprise, title="希望增加夜间巡逻", category=category)
        register(
            cast, enterprise=cast.shoes, by=cast.sun, title="希望增加货车通行证", category=category
        )
    assert groups(cast.county_manager) == []


def test_a_dismissed_group_stays_away_for_the_unit_until_it_grows(cast, as_user):
    three_alike(cast)
    client, city = as_user(cast.county_manager), as_user(cast.city_manager)
    (card,) = cards(client)
    sent = {"uid": card["uids"], "proposal": str(card["uid"]), "back": reverse("cause_proposals")}
    for _time in range(2):  # pressed twice is once
        assert client.post(reverse("cause_dismiss"), sent).status_code == 302
    assert DismissedGroup.objects.count() == 1 and cards(client) == []
    assert (
        len(cards(client, dismissed="1")) == 1
        and len(cards(city)) == 1
        and cards(city, dismissed="1") == []
    )
    go(cast, Problem.objects.get(uid=card["uids"][0]), "withdraw")
    assert cards(client) == []  # it has shrunk, and is no other
    register(cast, enterprise=cast.hotel, title="门口停车难，客人抱怨")
    assert len(cards(client)) == 1 and cards(client, dismissed="1") == []


def test_a_dismissed_group_is_proposed_again_on_demand(cast, as_user):
    three_alike(cast)
    client = as_user(cast.county_manager)
    (card,) = cards(client)
    client.post(reverse("cause_dismiss"), {"uid": card["uids"]})
    assert (
        as_user(cast.city_manager).post(reverse("cause_restore"), {"uid": card["uids"]}).status_code
        == 404
    )
    assert client.post(reverse("cause_restore"), {"uid": card["uids"]}).status_code == 302
    assert (
        len(cards(client)) == 1
        and client.post(reverse("cause_restore"), {"uid": card["uids"]}).status_code == 404
    )


def test_only_what_one_sees_is_dismissed_and_officers_dismiss_nothing(cast, as_user):
    problems = three_alike(cast)
    uids = [str(problem.uid) for problem in problems]
    assert as_user(cast.li).post(reverse("cause_dismiss"), {"uid": uids}).status_code == 403
    assert (
        as_user(cast.other_manager).post(reverse("cause_dismiss"), {"uid": uids}).status_code == 404
    )
    assert as_user(cast.head).post(reverse("cause_dismiss"), {"uid": "nonsense"}).status_code == 422
    assert as_user(cast.head).post(
        reverse("cause_dismiss"), {"uid": uids, "back": "https://elsewhere.example/"}
    )["Location"] == reverse("cause_proposals")
    assert DismissedGroup.objects.get().problems == sorted(problem.pk for problem in problems[:2])


def test_the_newest_are_compared_and_the_bound_is_told(cast, as_user, monkeypatch):
    old = three_alike(cast)
    Problem.objects.update(reported_on=cast.today - datetime.timedelta(days=30))
    register(cast, title="夜间照明不足")
    register(cast, enterprise=cast.hotel, title="夜间照明不足")
    monkeypatch.setattr(proposals, "MOST_COMPARED", 2)
    answer = as_user(cast.county_manager).get(reverse("cause_proposals"))
    assert answer.context["proposals"].capped and [
        titles(card) for card in answer.context["cards"]
    ] == [{"夜间照明不足"}]
    monkeypatch.setattr(proposals, "MOST_COMPARED", 20_000)
    assert len(cards(as_user(cast.county_manager))) == 2 and old


def test_the_largest_come_first_and_the_rest_is_counted(cast, as_user, monkeypatch):
    for title in ("夜间照明不足", "门口停车难"):
        register(cast, title=title)
        register(cast, enterprise=cast.hotel, title=title)
    register(cast, by=cast.sun, enterprise=cast.shoes, title="门口停车难")
    monkeypatch.setattr(proposals, "MOST_SHOWN", 1)
    answer = as_user(cast.county_manager).get(reverse("cause_proposals"))
    assert [card["title"] for card in answer.context["cards"]] == ["门口停车难"] and answer.context[
        "proposals"
    ].more == 1


@pytest.mark.parametrize(
    "query", ["place=moon", "unit=nowhere", "colour=red", "reported_from=soon"]
)
def test_a_filter_that_cannot_be_understood_is_an_error(cast, as_user, query):
    assert as_user(cast.head).get(f"{reverse('cause_proposals')}?{query}").status_code == 400


def test_statements_do_not_grow_with_the_groups(cast, as_user, django_assert_max_num_queries):
    for number in range(6):
        for enterprise in (cast.semir, cast.hotel):
            register(
                cast,
                enterprise=enterprise,
                title="甲乙丙丁戊己庚辛壬癸子丑"[2 * number : 2 * number + 2] * 3,
            )
    client = as_user(cast.head)
    assert len(cards(client)) == 6
    with django_assert_max_num_queries(12):
        client.get(reverse("cause_proposals"))


def test_founded_from_a_proposal_it_is_one_cause_with_all_its_problems(cast, as_user):
    three_alike(cast)
    client = as_user(cast.county_manager)
    (card,) = cards(client)
    form = client.get(card["found_url"]).context["form"]
    body = {
        "uid": str(form["uid"].value()),
        "title": form["title"].value(),
        "description": "",
        "lead_unit": form["lead_unit"].value(),
        "lead_number": form["lead_number"].value() or "",
        "problems": card["uids"],
        "why": "",
    }
    assert client.post(card["found_url"], body).status_code == 302
    assert CommonCause.objects.get().member_count == 3
