"""An officer's first page: the enterprises one serves today, the longest waiting first, or the
nearest when the telephone says where one is.
"""

import datetime
import html
import re

import pytest
from django.urls import reverse

from crm.models import AuditEvent
from liaisons.models import Assignment, Enterprise
from tests.cast import lately, record_visit

pytestmark = pytest.mark.django_db

CARD = re.compile(
    r'<a class="entry-main" href="(?P<address>[^"]+)">\s*<b class="entry-name">(?P<name>[^<]+)</b>\s*<span class="entry-meta">(?P<about>[^<]*)</span>\s*<span class="badge [^"]*">(?P<badge>[^<]+)</span>'
)

SEMIR, HOTEL, SHOES, CHINT = (
    "温州森马服饰有限公司",
    "温州五马酒店有限公司",
    "温州南门鞋业股份有限公司",
    "乐清正泰电器有限公司",
)


def cards_of(client, **query):
    """``(name, what is told about it, badge)`` of each enterprise on the page, from top to bottom.

    Projects are left out.
    """
    answer = client.get(reverse("my_enterprises"), query)
    assert answer.status_code == 200, answer.content.decode()
    page = answer.content.decode()
    found = (match.groupdict() for match in CARD.finditer(page))
    return [
        (html.unescape(c["name"]), html.unescape(c["about"]), c["badge"])
        for c in found
        if c["address"].startswith("/enterprises/")
    ]


def names_of(client, **query):
    return [name for name, _about, _badge in cards_of(client, **query)]


def serve(cast, user, name="温州瓯江厂", unit=None, part="deputy", starts=-30, ends=None, **values):
    """An enterprise more that ``user`` serves, in 五马 where nothing else is said."""
    row = Enterprise(
        name=name,
        unit=unit or cast.wuma,
        waiting_since=cast.today - datetime.timedelta(days=300),
        **values,
    )
    row.full_clean()
    row.save()
    return assign(cast, user, row, part=part, starts=starts, ends=ends).enterprise


def assign(cast, user, enterprise, part="deputy", starts=-30, ends=None):
    return Assignment.objects.create(
        officer=user.officer,
        enterprise=enterprise,
        part=part,
        starts_on=cast.today + datetime.timedelta(days=starts),
        ends_on=None if ends is None else cast.today + datetime.timedelta(days=ends),
    )


def visited(cast, by, enterprise, days):
    moment = lately() - datetime.timedelta(days=days)
    return record_visit(cast, by, enterprise, started_at=moment)


def test_it_is_the_first_page_of_an_officer(cast, as_user):
    answer = as_user(cast.li).get(reverse("home"), follow=True)
    assert (
        answer.redirect_chain[-1][0] == reverse("my_enterprises")
        and SEMIR in answer.content.decode()
    )


def test_the_longest_waiting_comes_first(cast, as_user):
    client = as_user(cast.li)
    factory = serve(cast, cast.li)
    visited(cast, cast.li, cast.semir, 3)
    visited(cast, cast.li, cast.hotel, 90)
    visited(cast, cast.li, factory, 20)
    assert names_of(client) == [HOTEL, "温州瓯江厂", SEMIR]
    visited(cast, cast.li, cast.hotel, 0)
    assert names_of(client) == ["温州瓯江厂", SEMIR, HOTEL]


def test_who_was_known_for_long_and_never_visited_comes_before_who_was_visited_since(cast, as_user):
    for days, enterprise in ((200, cast.semir), (100, serve(cast, cast.li))):
        visited(cast, cast.li, enterprise, days)
    cards = cards_of(as_user(cast.li))
    assert [(name, "从未" in badge) for name, _about, badge in cards] == [
        (HOTEL, True),
        (SEMIR, False),
        ("温州瓯江厂", False),
    ]


def test_each_says_how_long_ago_the_last_visit_was(cast, as_user):
    visited(cast, cast.li, cast.semir, 12)
    assert {name: badge for name, _about, badge in cards_of(as_user(cast.li))} == {
        SEMIR: "最近走访：12天前",
        HOTEL: "最近走访：从未",
    }
    visited(cast, cast.li, cast.hotel, 0)
    assert (
        dict((name, badge) for name, _about, badge in cards_of(as_user(cast.li)))[HOTEL]
        == "最近走访：今天"
    )


def test_a_call_by_telephone_is_no_visit(cast, as_user):
    record_visit(cast, cast.li, cast.hotel, kind="phone")
    visited(cast, cast.li, cast.semir, 1)
    assert names_of(as_user(cast.li)) == [HOTEL, SEMIR]


def test_a_withdrawn_visit_is_waited_for_again(cast, as_user):
    client = as_user(cast.li)
    visited(cast, cast.li, cast.semir, 30)
    visit = visited(cast, cast.li, cast.hotel, 1)
    assert names_of(client) == [SEMIR, HOTEL]
    client.post(reverse("visit_withdraw", args=[visit.uid]), {"reason": "录入错误"})
    assert "从未" in dict((name, badge) for name, _about, badge in cards_of(client))[HOTEL]


def test_the_nearest_comes_first_when_the_telephone_says_where_one_is(cast, as_user):
    serve(cast, cast.li, "近处的厂", latitude="28.001", longitude="120.651")
    serve(cast, cast.li, "远处的厂", latitude="28.5", longitude="120.65")
    client = as_user(cast.li)
    assert names_of(client, lat="28.0012", lng="120.6511") == ["近处的厂", SEMIR, "远处的厂", HOTEL]
    assert names_of(client, lat="28.49", lng="120.65") == ["远处的厂", "近处的厂", SEMIR, HOTEL]
    assert (
        "由近到远"
        in client.get(reverse("my_enterprises"), {"lat": "28.0", "lng": "120.6"}).content.decode()
    )


def test_the_distance_is_told_in_kilometres_and_of_who_has_no_position_nothing(cast, as_user):
    serve(cast, cast.li, "北边的厂", latitude="29.0", longitude="120.65")
    told = {
        name: about for name, about, _badge in cards_of(as_user(cast.li), lat="28.0", lng="120.65")
    }
    assert (
        told[SEMIR].startswith("0.0 km")
        and told["北边的厂"].startswith("111.2 km")
        and "km" not in told[HOTEL]
    )
    assert not any("km" in about for _name, about, _badge in cards_of(as_user(cast.li)))


def test_those_without_a_position_come_last_and_keep_their_order_of_waiting(cast, as_user):
    serve(cast, cast.li, "无位置的厂")
    visited(cast, cast.li, cast.hotel, 2)
    visited(cast, cast.li, cast.semir, 1)
    assert names_of(as_user(cast.li), lat="-89.9", lng="-179.9") == [SEMIR, "无位置的厂", HOTEL]


def test_a_place_at_the_equator_is_a_place(cast, as_user):
    serve(cast, cast.li, "零度的厂", latitude="0", longitude="0")
    assert cards_of(as_user(cast.li), lat="0", lng="0")[0][:2] == ("零度的厂", "0.0 km · ")


@pytest.mark.parametrize(
    "position",
    [
        {"lat": "here", "lng": "there"},
        {"lat": "28.0"},
        {"lat": "", "lng": ""},
        {"lat": "91", "lng": "0"},
        {"lat": "0", "lng": "181"},
        {"lat": "nan", "lng": "0"},
        {"lat": "inf", "lng": "0"},
        {"lat": "0", "lng": "nan"},
    ],
    ids=str,
)
def test_what_is_no_place_on_earth_is_an_error(cast, as_user, position):
    answer = as_user(cast.li).get(reverse("my_enterprises"), position)
    assert (
        answer.status_code == 422
        and "位置无效" in answer.content.decode()
        and SEMIR not in answer.content.decode()
    )


def test_the_position_is_kept_nowhere(cast, as_user):
    client = as_user(cast.li)
    names_of(client, lat="28.12345", lng="120.54321")
    assert "12345" not in str(list(AuditEvent.objects.values())) + str(dict(client.session))
    assert names_of(client) == names_of(client) and "km" not in str(cards_of(client))


def test_only_what_one_serves_today_is_shown(cast, as_user):
    for name, starts, ends in (
        ("昨天结束", -30, -1),
        ("今天结束", -30, 0),
        ("明天结束", -30, 1),
        ("今天开始", 0, None),
        ("明天开始", 1, None),
        ("明天开始后天结束", 1, 2),
    ):
        serve(cast, cast.li, name, starts=starts, ends=ends)
    assert set(names_of(as_user(cast.li))) == {SEMIR, HOTEL, "明天结束", "今天开始"}


def test_an_enterprise_that_one_is_taken_from_goes_and_one_that_one_is_given_comes(cast, as_user):
    client = as_user(cast.zhang)
    assert names_of(client) == [SEMIR]
    Assignment.objects.filter(officer=cast.zhang.pk).update(ends_on=cast.today)
    assign(cast, cast.zhang, cast.hotel)
    assert names_of(client) == [HOTEL]


def test_two_assignments_of_which_one_has_ended_show_an_enterprise_once(cast, as_user):
    assign(cast, cast.li, cast.semir, starts=-800, ends=-500)
    assert names_of(as_user(cast.li)).count(SEMIR) == 1


def test_the_enterprises_of_colleagues_are_not_mine(cast, as_user):
    for person, names in (
        ("li", {SEMIR, HOTEL}),
        ("zhang", {SEMIR}),
        ("sun", {SHOES}),
        ("wu", {CHINT}),
        ("city_manager", set()),
    ):
        assert set(names_of(as_user(getattr(cast, person)))) == names, person


def test_an_enterprise_of_another_unit_that_one_serves_is_mine(cast, as_user):
    assign(cast, cast.he, cast.chint)
    assert names_of(as_user(cast.he)) == [CHINT]


def test_from_each_it_is_one_step_to_its_page_and_to_a_new_visit(cast, as_user):
    client = as_user(cast.li)
    page = client.get(reverse("my_enterprises")).content.decode()
    for name in ("enterprise_detail", "visit_create"):
        address = reverse(name, args=[cast.hotel.uid])
        assert f'href="{address}"' in page and client.get(address).status_code == 200


def test_ones_key_projects_stand_below(cast, as_user):
    page = as_user(cast.li).get(reverse("my_enterprises")).content.decode()
    assert "鹿城总部大厦" in page and "ZD-001" in page
    assert "鹿城总部大厦" not in as_user(cast.zhang).get(reverse("my_enterprises")).content.decode()
    Assignment.objects.filter(project=cast.project).update(ends_on=cast.today)
    assert "鹿城总部大厦" not in as_user(cast.li).get(reverse("my_enterprises")).content.decode()


def test_one_day_is_one_day_in_english_too(cast, as_user):
    Enterprise.objects.filter(pk=cast.semir.pk).update(
        last_visit_on=cast.today - datetime.timedelta(days=1)
    )
    Enterprise.objects.filter(pk=cast.hotel.pk).update(
        last_visit_on=cast.today - datetime.timedelta(days=2)
    )
    client = as_user(cast.li)
    assert "1天前" in client.get(reverse("my_enterprises")).content.decode()
    client.cookies["language"] = "en"
    page = client.get(reverse("my_enterprises")).content.decode()
    assert "1 day ago" in page and "2 days ago" in page


def test_who_serves_nobody_is_told_what_to_do(cast, as_user):
    page = as_user(cast.he).get(reverse("my_enterprises")).content.decode()
    assert "您还没有负责的企业" in page and "entry-card" not in page
    assert (
        "您还没有负责的企业" not in as_user(cast.li).get(reverse("my_enterprises")).content.decode()
    )


def test_nothing_a_name_holds_becomes_a_part_of_the_page(cast, as_user):
    Enterprise.objects.filter(pk=cast.semir.pk).update(name="<script>alert(1)</script>")
    page = as_user(cast.li).get(reverse("my_enterprises")).content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("person", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_has_no_enterprises(cast, as_user, person):
    answer = as_user(getattr(cast, person)).get(reverse("my_enterprises"))
    assert answer.status_code == 403 and SEMIR not in answer.content.decode()
