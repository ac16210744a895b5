"""A list is read page by page, sorted, narrowed and kept under a name: no row is lost, none comes
twice, none is a stranger's.
"""

import base64
import datetime
import html
import json
import re

import pytest
from django.urls import reverse

from crm.models import AuditEvent, SavedLink
from crm.pages.generic import NounListView
from liaisons.enterprises.services import enterprise_index
from liaisons.models import Assignment, Contact, Enterprise, KeyProject
from tests.cast import record_visit

pytestmark = pytest.mark.django_db

ROWS = re.compile(r'<tr[^>]* data-href="([^"]+)"')
HEADS = re.compile(r'<th scope="col"[^>]*>\s*<a href="([^"]+)"')
CHIPS = re.compile(
    r'<a class="chip chip-set" href="([^"]+)"><span class="chip-label">([^<]+)</span><span class="chip-value">([^<]+)</span>'
)
SAVED = re.compile(
    r'<div class="menu-row"><a href="([^"]+)">([^<]+)</a>\s*<form method="post" action="([^"]+)"'
)

#: list → who reads it all
READERS = {"account_list": "system_admin", "audit_list": "audit_admin"}


@pytest.fixture
def many(cast):
    """117 enterprises more in 五马, so that the station's list has two full pages and a rest.

    Names and days come again and again.
    """
    Enterprise.objects.bulk_create(
        Enterprise(
            name=f"温州瓯江第{number % 40:02d}分厂",
            core_name=f"瓯江第{number % 40:02d}分厂",
            unit=cast.wuma,
            division=cast.lucheng,
            waiting_since=cast.today - datetime.timedelta(days=number % 7),
            status="suspended" if number % 2 else "active",
        )
        for number in range(117)
    )
    return cast


def page_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def rows_of(page):
    """The addresses of a page's rows, from top to bottom."""
    return [html.unescape(address) for address in ROWS.findall(page)]


def link_of(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


def walk(client, address, rel="next"):
    """The pages from ``address`` on, each as its rows, and the address of the last one."""
    pages = []
    while address:
        page, last = page_of(client, address), address
        pages.append(rows_of(page))
        address = link_of(page, rel)
    return pages, last


def saved_of(page):
    """``(address, name, address of deletion)`` of the saved lists that a page shows."""
    return [tuple(map(html.unescape, found)) for found in SAVED.findall(page)]


def cursor_of(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


ORDERS = {
    "": ("name", "pk"),
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "waiting": ("waiting_since", "pk"),
    "-waiting": ("-waiting_since", "-pk"),
}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("person", ["li", "head", "city_manager"])
def test_every_row_comes_once_forwards_and_backwards(many, as_user, person, sort):
    client = as_user(getattr(many, person))
    seen = Enterprise.objects.visible_to(getattr(many, person)).order_by(*ORDERS[sort])
    expected = [
        reverse("enterprise_detail", args=[uid]) for uid in seen.values_list("uid", flat=True)
    ]
    pages, last = walk(client, f"{reverse('enterprise_list')}?sort={sort}")
    assert sum(pages, []) == expected and [len(page) for page in pages] == [
        50,
        50,
        len(expected) - 100,
    ]
    back, _first = walk(client, last, rel="prev")
    assert back == pages[::-1]


@pytest.mark.parametrize(
    ("filters", "meaning"),
    [
        ("status=suspended", {"status": "suspended"}),
        ("q=瓯江", {"name__contains": "瓯江"}),
        ("unit=330302&status=active", {"status": "active", "unit__code__startswith": "330302"}),
        ("never_visited=on&division=330302", {"division": "330302", "last_visit_on": None}),
    ],
)
def test_a_narrowed_list_is_paged_as_a_whole_one(many, as_user, filters, meaning):
    for enterprise in Enterprise.objects.all():
        enterprise_index(enterprise)
    client = as_user(many.county_manager)
    pages, last = walk(client, f"{reverse('enterprise_list')}?{filters}&sort=-waiting")
    rows = Enterprise.objects.filter(unit__path__startswith=many.county.path, **meaning).order_by(
        "-waiting_since", "-pk"
    )
    assert sum(pages, []) == [reverse("enterprise_detail", args=[row.uid]) for row in rows]
    assert (
        len(pages) > 1
        and filters.split("=")[0] in last
        and walk(client, last, rel="prev")[0] == pages[::-1]
    )


def test_the_first_page_has_none_before_it_and_the_last_none_behind(many, as_user):
    client = as_user(many.head)
    first = page_of(client, reverse("enterprise_list"))
    assert link_of(first, "prev") is None
    second = page_of(client, link_of(first, "next"))
    again = page_of(client, link_of(second, "prev"))
    assert (
        rows_of(again) == rows_of(first)
        and link_of(again, "prev") is None
        and link_of(again, "next")
    )
    last = page_of(client, link_of(second, "next"))
    assert link_of(last, "next") is None and link_of(last, "prev")


def test_a_list_that_fits_one_page_has_no_pager(cast, as_user):
    page = page_of(as_user(cast.li), reverse("enterprise_list"))
    assert len(rows_of(page)) == 2 and 'class="pager"' not in page


def test_what_is_entered_meanwhile_moves_nothing(many, as_user):
    client = as_user(many.head)
    following = link_of(page_of(client, reverse("enterprise_list")), "next")
    before = rows_of(page_of(client, following))
    Enterprise.objects.bulk_create(
        Enterprise(name="温州一号厂", core_name="一号厂", unit=many.wuma) for _number in range(3)
    )
    assert rows_of(page_of(client, following)) == before


def test_a_row_that_leaves_takes_no_other_with_it(many, as_user):
    client = as_user(many.head)
    first = page_of(client, reverse("enterprise_list"))
    following = link_of(first, "next")
    before = rows_of(page_of(client, following))
    boundary = rows_of(first)[-1].strip("/").split("/")[-1]
    Enterprise.objects.filter(uid=boundary).update(unit=many.liushi)
    assert rows_of(page_of(client, following)) == before


def test_a_strangers_cursor_shows_nothing_strange(many, as_user):
    following = link_of(page_of(as_user(many.city_manager), reverse("enterprise_list")), "next")
    assert rows_of(page_of(as_user(many.sun), following)) == []
    shown = rows_of(page_of(as_user(many.li), following))
    own = Enterprise.objects.visible_to(many.li).values_list("uid", flat=True)
    assert set(shown) <= {reverse("enterprise_detail", args=[uid]) for uid in own}


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "x",
        "äöü",
        "AAAA",
        "A" * 5000,
        cursor_of([]),
        cursor_of({}),
        cursor_of(None),
        cursor_of("n"),
        cursor_of(["n"]),
        cursor_of(["n", "name", "pk"]),
        cursor_of(["n", "name", "pk", "温州"]),
        cursor_of(["n", "name", "pk", "温州", None]),
        cursor_of(["n", "name", "pk", {"a": 1}, 1]),
        cursor_of(["n", "name", "pk", ["d", "yesterday"], 1]),
        cursor_of(["n", "name", "pk", ["x", "1"], 1]),
        cursor_of(["x", "name", "pk", "温州", 1]),
        cursor_of(["n", "credit_code", "pk", "9", 1]),
        cursor_of(["n", "-name", "-pk", "温州", 1]),
        cursor_of(["n", "name", "pk", "温州", 1, 2]),
        cursor_of([["n"], "name", "pk", "温州", 1]),
    ],
)
def test_a_cursor_that_was_not_made_for_the_list_is_an_error(cast, as_user, cursor):
    answer = as_user(cast.li).get(reverse("enterprise_list"), {"cursor": cursor})
    assert answer.status_code == 422 and not rows_of(answer.content.decode())
    assert "森马" not in answer.content.decode()


def test_a_cursor_fits_its_own_order_and_its_own_list_only(many, as_user):
    client = as_user(many.city_manager)
    cursor = re.search(
        r"cursor=([^&]+)", link_of(page_of(client, reverse("enterprise_list")), "next")
    )[1]
    for name, sort in (
        ("enterprise_list", "-name"),
        ("enterprise_list", "waiting"),
        ("officer_list", "police_number"),
        ("visit_list", ""),
    ):
        answer = client.get(reverse(name), {"cursor": cursor, "sort": sort})
        assert answer.status_code == 422 and not rows_of(answer.content.decode()), (name, sort)


@pytest.fixture
def rich(cast):
    """Every list has rows enough for two pages of five, with days and names that come again."""
    for number in range(8):
        record_visit(
            cast,
            cast.li,
            notes=f"第{number}次走访",
            problems=[{"title": f"停车难{number % 3}", "urgency": "normal"}],
        )
        contact = Contact(
            enterprise=cast.hotel, name=f"陈{number}", work_phone=f"1380000{number:04d}"
        )
        contact.full_clean()
        contact.save()
        KeyProject.objects.create(
            code=f"ZD-{number + 100}",
            name=f"工程{number % 3}",
            enterprise=cast.hotel,
            unit=cast.wuma,
        )
        Enterprise.objects.create(name=f"瓯江{number % 3}厂", core_name="瓯江", unit=cast.wuma)
        Assignment.objects.create(
            officer=cast.sun.officer,
            enterprise=Enterprise.objects.latest("pk"),
            starts_on=cast.today,
        )
    return cast


@pytest.mark.parametrize(
    "name",
    [
        "enterprise_list",
        "officer_list",
        "contact_list",
        "project_list",
        "assignment_list",
        "visit_list",
        "problem_list",
        "unit_list",
        "account_list",
        "audit_list",
    ],
)
def test_each_offered_column_sorts_both_ways_and_loses_nothing(rich, as_user, monkeypatch, name):
    monkeypatch.setattr(NounListView, "paginate_by", 5)
    client = as_user(getattr(rich, READERS.get(name, "city_manager")))

    def shown(address):
        """The cells of all rows, page by page: what a row says tells it from others better than its
        address.
        """
        rows, answer = [], None
        while address:
            answer = client.get(address)
            assert answer.status_code == 200, address
            rows += [
                (row["url"], *(str(cell["value"]) for cell in row["cells"]))
                for row in answer.context["rows"]
            ]
            address = answer.context["next_url"]
        return rows

    plain = shown(reverse(name))
    assert len(plain) > 5
    offered = [html.unescape(address) for address in HEADS.findall(page_of(client, reverse(name)))]
    for address in offered:
        once = page_of(client, address)
        turned = next(
            a
            for a in map(html.unescape, HEADS.findall(once))
            if a.split("sort=")[1].lstrip("-") == address.split("sort=")[1].lstrip("-")
        )
        assert once.count("aria-sort=") == 1 and turned != address
        rows = shown(address)
        assert sorted(rows) == sorted(plain) and rows == shown(turned)[::-1], address


@pytest.mark.parametrize(("sort", "column"), [("held_on", 0), ("-held_on", 0)])
def test_days_are_sorted_as_days(cast, as_user, sort, column):
    for days in (3, 40, 0, 11, 200):
        record_visit(
            cast,
            cast.li,
            started_at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days, hours=1),
        )
    answer = as_user(cast.li).get(reverse("visit_list"), {"sort": sort})
    days = [row["cells"][column]["value"] for row in answer.context["rows"]]
    assert len(set(days)) == 5 and days == sorted(days, reverse=sort.startswith("-"))


@pytest.mark.parametrize("name", ["enterprise_list", "visit_list", "contact_list", "officer_list"])
def test_an_unknown_order_is_an_error_and_lists_nothing(cast, as_user, name):
    record_visit(cast, cast.li)
    client = as_user(cast.li)
    assert rows_of(page_of(client, reverse(name)))
    for sort in ("secret", "payload_hash", "unit__name", "-", "name;", "-secret", "姓名"):
        answer = client.get(reverse(name), {"sort": sort})
        page = answer.content.decode()
        assert answer.status_code == 422 and "操作未完成" in page and not rows_of(page), sort


@pytest.mark.parametrize(
    "name",
    [
        "enterprise_list",
        "visit_list",
        "contact_list",
        "officer_list",
        "project_list",
        "assignment_list",
        "problem_list",
        "unit_list",
        "job_list",
    ],
)
def test_an_unknown_filter_is_named_on_the_page_and_lists_nothing(cast, as_user, name):
    record_visit(cast, cast.li)
    answer = as_user(cast.li).get(reverse(name), {"colour": "red"})
    page = answer.content.decode()
    assert (
        answer.status_code == 400 and "没有名为 colour 的筛选条件。" in page and not rows_of(page)
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "none-such"},
        {"status": "asleep"},
        {"division": "999999"},
        {"waiting": "soon"},
        {"waiting": "-1"},
        {"last_visit_from": "yesterday"},
        {"last_visit_from": "2026-02-30"},
        {"officer": "9999999"},
        {"section": "ZZ"},
        {"visited_kind": "inspection"},
    ],
    ids=str,
)
def test_a_value_that_a_filter_does_not_know_is_marked_and_lists_nothing(cast, as_user, wrong):
    answer = as_user(cast.li).get(reverse("enterprise_list"), wrong | {"q": "森马"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "summary-errors" in page and not rows_of(page)
    assert 'value="森马"' in page


def test_what_is_set_is_shown_as_chips_and_each_takes_itself_away(many, as_user):
    client = as_user(many.head)
    address = reverse("enterprise_list")
    start = page_of(client, address, status="suspended", unit="33030201", sort="-waiting")
    second = page_of(client, link_of(start, "next"))
    chips = {
        html.unescape(label): (html.unescape(remove), html.unescape(value))
        for remove, label, value in CHIPS.findall(second)
    }
    assert {label: value for label, (_remove, value) in chips.items()} == {
        "状态": "停业",
        "单位": "五马派出所",
    }
    without = chips["状态"][0]
    assert (
        "status" not in without
        and "cursor" not in without
        and "unit=33030201" in without
        and "sort=-waiting" in without
    )
    page = page_of(client, without)
    assert [html.unescape(label) for _remove, label, _value in CHIPS.findall(page)] == ["单位"]
    assert (
        len(sum(walk(client, without)[0], [])) == 119
        and f'class="chip-clear" href="{address}"' in page
    )


def test_a_chip_shows_what_was_typed_as_text(cast, as_user):
    page = page_of(as_user(cast.li), reverse("enterprise_list"), q="<b>森马</b>")
    assert "<b>森马</b>" not in page and "&lt;b&gt;森马&lt;/b&gt;" in page


def test_a_list_without_a_match_says_so(cast, as_user):
    page = page_of(as_user(cast.li), reverse("enterprise_list"), q="没有这家企业")
    assert "没有符合条件" in page and not rows_of(page)


def test_a_lists_address_shows_the_same_to_whoever_may_see_it(many, as_user):
    address = f"{reverse('enterprise_list')}?status=suspended&sort=-name"
    pages, _last = walk(as_user(many.head), address)
    assert walk(as_user(many.county_manager), address)[0] == pages
    assert walk(as_user(many.sun), address)[0] == [[]]


# Lists kept under a name


def keep(client, name="停业企业", path=None, query="status=suspended&sort=-name"):
    return client.post(
        reverse("saved_link_create"),
        {"name": name, "path": path or reverse("enterprise_list"), "query": query},
    )


def test_a_list_is_kept_shown_opened_and_deleted(many, as_user):
    client, address = as_user(many.head), reverse("enterprise_list")
    kept = keep(client)
    assert kept.status_code == 302 and kept["Location"] == f"{address}?status=suspended&sort=-name"
    assert "已保存" in page_of(client, kept["Location"])
    [(target, name, delete)] = saved_of(page_of(client, address))
    assert name == "停业企业"
    assert (
        rows_of(page_of(client, target))
        == rows_of(page_of(client, address, status="suspended", sort="-name"))
        != []
    )
    assert saved_of(page_of(client, reverse("officer_list"))) == []
    gone = client.post(delete)
    assert gone.status_code == 302 and gone["Location"] == address
    assert saved_of(page_of(client, address)) == [] and not SavedLink.objects.exists()
    assert AuditEvent.objects.get(verb="savedlink.delete").actor == many.head
    assert client.post(delete).status_code == 404


def test_the_same_name_again_keeps_the_new_filters(cast, as_user):
    client = as_user(cast.head)
    for query in ("status=suspended", "status=closed"):
        keep(client, query=query)
    keep(client, path=reverse("visit_list"), query="kind=door")
    [(target, _name, _delete)] = saved_of(page_of(client, reverse("enterprise_list")))
    assert target.endswith("?status=closed") and SavedLink.objects.count() == 2


def test_a_kept_list_is_ones_own(cast, as_user):
    keep(as_user(cast.head))
    link = SavedLink.objects.get()
    for other in (cast.li, cast.county_manager, cast.city_manager):
        client = as_user(other)
        assert saved_of(page_of(client, reverse("enterprise_list"))) == []
        assert client.post(reverse("saved_link_delete", args=[link.pk])).status_code == 404
    assert (
        as_user(cast.system_admin).post(reverse("saved_link_delete", args=[link.pk])).status_code
        == 404
    )
    assert SavedLink.objects.filter(owner=cast.head).exists()
    keep(as_user(cast.li), query="status=moved")
    assert (
        SavedLink.objects.count() == 2
        and SavedLink.objects.get(owner=cast.head).query == "status=suspended&sort=-name"
    )


def test_nothing_is_deleted_by_looking_at_it(cast, as_user):
    client = as_user(cast.head)
    keep(client)
    assert (
        client.get(reverse("saved_link_delete", args=[SavedLink.objects.get().pk])).status_code
        == 405
    )
    assert SavedLink.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "  "}, "请为列表取一个名称。"),
        ({"path": "/no-such-page/"}, ""),
        ({"path": "https://example.org/"}, ""),
        ({"path": "//example.org/enterprises/"}, ""),
        ({"path": "javascript:alert(1)"}, ""),
        ({"path": "\\\\example.org"}, ""),
    ],
)
def test_a_list_needs_a_name_and_an_address_of_this_house(cast, as_user, changes, sentence):
    answer = keep(as_user(cast.head), **changes)
    assert (
        answer.status_code == 422
        and sentence in answer.content.decode()
        and not SavedLink.objects.exists()
    )


def test_a_name_is_shown_as_text(cast, as_user):
    client = as_user(cast.head)
    keep(client, name="<script>alert(1)</script>")
    page = page_of(client, reverse("enterprise_list"))
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
