"""A manager opens the dashboard: what it shows, to whom, and what it says of filters it cannot
understand.
"""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from liaisons.models import Assignment
from tests.cast import record_visit
from visits.reporting.figures import FIGURES, PROJECTS, Months
from visits.reporting.filters import months_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return reverse("dashboard")


def text(answer):
    return answer.content.decode()


def test_it_is_for_managers(cast, as_user, page, client):
    for name in ("head", "county_manager", "city_manager"):
        assert as_user(getattr(cast, name)).get(page).status_code == 200, name
    for name in ("li", "system_admin", "security_admin", "audit_admin"):
        assert as_user(getattr(cast, name)).get(page).status_code == 403, name
    assert "/login" in client.get(page)["Location"]


def test_each_sees_their_own_units_only(cast, as_user, page):
    record_visit(cast, cast.li)
    record_visit(cast, cast.wu, cast.chint)
    seen = {
        name: {
            s.figure.key: s.number
            for s in as_user(getattr(cast, name)).get(page).context["board"].tiles()
        }
        for name in ("head", "county_manager", "other_manager", "city_manager")
    }
    assert {name: tiles["visits"] for name, tiles in seen.items()} == {
        "head": 1,
        "county_manager": 1,
        "other_manager": 1,
        "city_manager": 2,
    }
    assert {name: tiles["enterprises"] for name, tiles in seen.items()} == {
        "head": 2,
        "county_manager": 3,
        "other_manager": 1,
        "city_manager": 4,
    }
    assert "乐清" not in text(as_user(cast.head).get(page)).replace("乐清市</option>", "")


def test_a_unit_out_of_scope_and_an_unknown_one_get_the_same_answer(cast, as_user, page):
    client = as_user(cast.county_manager)
    foreign, unknown = (client.get(page, {"unit": code}) for code in ("33038201", "99999999"))
    assert foreign.status_code == unknown.status_code == 400
    token = re.compile(r'X-CSRFToken": "\w+|csrfmiddlewaretoken" value="\w+')
    assert token.sub("", text(foreign)).replace("33038201", "") == token.sub(
        "", text(unknown)
    ).replace("99999999", "")
    assert client.get(page, {"unit": "33030201"}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"month_from": "2026-13"},
        {"month_from": "昨天"},
        {"month_from": "2026-01", "month_to": "2025-12"},
        {"month_from": "2001-01", "month_to": "2020-01"},
        {"month_from": "2099-01"},
        {"month_to": "2026-01"},
        {"month_from": "2026-01", "period": "this_month"},
        {"period": "next_month"},
        {"unit": "x' or 1=1"},
        {"division": "999999"},
        {"section": "Z"},
        {"kind": "inspection"},
        {"sort": "password"},
        {"officer": "0100001"},
    ],
    ids=lambda wrong: "&".join(f"{k}={v}" for k, v in wrong.items()),
)
def test_a_filter_that_cannot_be_understood_is_named_and_no_figure_is_shown(
    cast, as_user, page, wrong
):
    answer = as_user(cast.city_manager).get(page, wrong)
    assert answer.status_code == 400
    assert "summary-errors" in text(answer) and 'class="stat' not in text(answer)


def test_the_address_keeps_the_filters(cast, as_user, page):
    client = as_user(cast.city_manager)
    answer = client.get(
        page, {"unit": "330302", "section": "C", "month_from": "2026-01", "month_to": "2026-03"}
    )
    shown = text(answer)
    assert '<option value="330302" selected>' in shown and '<option value="C" selected>' in shown
    assert 'value="2026-01"' in shown and 'value="2026-03"' in shown
    down = [url for row, url in answer.context["rows"] if row.name == "五马派出所"]
    assert down == [f"{page}?unit=33030201&section=C&month_from=2026-01&month_to=2026-03"]
    assert f"{page}?unit=330302&amp;section=C&amp;period=last_month" in shown


def test_the_way_leads_down_to_the_stations_and_up_again(cast, as_user, page):
    client = as_user(cast.city_manager)
    city = client.get(page)
    assert "?unit=330302" in text(city)
    county = client.get(page, {"unit": "330302"})
    assert [row.name for row, _url in county.context["rows"]] == ["五马派出所", "南门派出所"]
    assert f'href="{page}?unit=3303"' in text(county)
    station = client.get(page, {"unit": "33030201"})
    assert station.status_code == 200 and station.context["rows"] == []


def test_the_table_is_sorted_by_the_server(cast, as_user, page):
    record_visit(cast, cast.wu, cast.chint)
    client = as_user(cast.city_manager)

    def order(sort):
        return [row.name for row, _url in client.get(page, {"sort": sort}).context["rows"]]

    assert order("-coverage") == ["乐清市公安局", "鹿城区分局"] and order("coverage") == [
        "鹿城区分局",
        "乐清市公安局",
    ]
    assert order("visits") == ["鹿城区分局", "乐清市公安局"] and order("-visits") == [
        "乐清市公安局",
        "鹿城区分局",
    ]
    assert (
        order("-enterprises")[0] == order("")[0] == "鹿城区分局"
        and order("-unit") == order("")[::-1]
    )


def test_lines_without_a_figure_come_last_whichever_way(cast, as_user, page):
    Assignment.objects.create(
        officer=cast.he.officer, enterprise=cast.semir, part="deputy", starts_on=cast.today
    )
    record_visit(cast, cast.he, cast.semir)
    client = as_user(cast.city_manager)
    for sort in ("coverage", "-coverage"):
        rows = client.get(page, {"sort": sort}).context["rows"]
        assert [row.name for row, _url in rows][-1] == "经侦支队" and rows[-1][0].cells[
            "coverage"
        ].text == ""


def test_months_hold_the_visits_and_the_calls_apart(cast, as_user, page):
    record_visit(cast, cast.li)
    record_visit(cast, cast.li, kind="phone")
    months = list(as_user(cast.head).get(page).context["board"].months())
    assert len(months) == 12
    day = timezone.localtime() - datetime.timedelta(hours=1)
    numbers = {f"{m['month']:%Y-%m}": [bar["shown"].number for bar in m["bars"]] for m in months}
    assert numbers[f"{day:%Y-%m}"] == [1, 1] and sum(map(sum, numbers.values())) == 2


def test_a_kind_that_is_no_visit_has_no_coverage(cast, as_user, page):
    record_visit(cast, cast.li, kind="phone")
    tiles = {
        s.figure.key: s
        for s in as_user(cast.head).get(page, {"kind": "phone"}).context["board"].tiles()
    }
    assert (
        tiles["coverage"].number is None
        and tiles["visits"].number is None
        and tiles["contacts"].number == 1
    )
    assert tiles["enterprises"].number == 2 and tiles["enterprises"].note


def test_a_city_without_any_work_is_shown_as_such(cast, as_user, page):
    answer = as_user(cast.other_manager).get(page, {"section": "H"})
    coverage = next(shown for shown in answer.context["board"].tiles() if shown.figure.out_of)
    assert (coverage.out_of, coverage.share, coverage.text) == (0, None, "")
    assert text(answer).count('class="empty"') == 2  # no month and no project to draw


def test_every_definition_is_on_the_page(cast, as_user, page):
    shown = text(as_user(cast.head).get(page))
    for figure in (*FIGURES, PROJECTS):
        for words in (
            figure.name,
            figure.sentence,
            figure.numerator,
            figure.cut_off,
            figure.whose_unit,
            figure.denominator,
        ):
            assert str(words) in shown


def test_a_manager_without_a_unit_is_told_so(cast, as_user, page):
    cast.head.unit = None
    cast.head.save()
    assert as_user(cast.head).get(page).status_code == 403


def test_the_number_of_statements_does_not_grow_with_the_rows(cast, as_user, page):
    client = as_user(cast.city_manager)
    question = {"unit": "3303", "division": "330302", "section": "C", "kind": "door"}

    def statements():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page, question).status_code == 200
        return len(caught)

    record_visit(cast, cast.li)
    client.get(page)
    few = statements()
    for enterprise, who in (
        (cast.semir, cast.li),
        (cast.hotel, cast.li),
        (cast.chint, cast.wu),
        (cast.shoes, cast.sun),
    ):
        for _number in range(3):
            record_visit(cast, who, enterprise, problems=[{"title": "停车难"}])
    assert statements() == few <= 12


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("this_month", "2026-01", "2026-01"),
        ("last_month", "2025-12", "2025-12"),
        ("this_quarter", "2026-01", "2026-01"),
        ("this_year", "2026-01", "2026-01"),
        ("last_12_months", "2025-02", "2026-01"),
    ],
)
def test_periods_by_name_in_january(period, first, last):
    months = months_of(period, datetime.date(2026, 1, 31))
    assert (f"{months.first:%Y-%m}", f"{months.last:%Y-%m}") == (first, last)


def test_a_quarter_begins_with_its_first_month():
    assert months_of("this_quarter", datetime.date(2026, 12, 31)).first == datetime.date(
        2026, 10, 1
    )
    assert Months(datetime.date(2026, 10, 1), datetime.date(2026, 12, 1)).ends_on == datetime.date(
        2026, 12, 31
    )
