"""Lists are paged by cursor: every row once, in both directions, whatever is written meanwhile."""

import base64
import datetime

import pytest
from django.utils import timezone

from tests.cast import record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def visits(cast):
    """Seven visits on three days, the newest first."""
    rows = [
        record_visit(
            cast,
            cast.li,
            started_at=timezone.now() - datetime.timedelta(days=number // 3, minutes=30 + number),
        )
        for number in range(7)
    ]
    return [
        str(row.uid) for row in sorted(rows, key=lambda row: (row.held_on, row.pk), reverse=True)
    ]


def walk(client, address, link="next"):
    """The uids of all pages from ``address`` on, page by page."""
    pages = []
    while address:
        page = client.get(address).json()
        pages.append([row["uid"] for row in page["results"]])
        address = page[link]
    return pages


@pytest.mark.parametrize("filters", ["", "&kind=door", "&q=企业"])
def test_every_row_comes_once(cast, program, visits, filters):
    pages = walk(program(cast.li), f"visits/?limit=3{filters}")
    assert [len(page) for page in pages] == [3, 3, 1] and sum(pages, []) == visits
    assert (
        sum(walk(program(cast.li), f"visits/?limit=2&ordering=held_on{filters}"), [])
        == visits[::-1]
    )


def test_and_back_again(cast, program, visits):
    client = program(cast.li)
    second = client.get(client.get("visits/?limit=3").json()["next"]).json()
    first = client.get(second["previous"]).json()
    assert [row["uid"] for row in first["results"]] == visits[:3] and first["previous"] is None


def test_what_is_written_meanwhile_moves_nothing(cast, program, visits):
    client = program(cast.li)
    following = client.get("visits/?limit=3").json()["next"]
    record_visit(cast, cast.li)
    assert [row["uid"] for row in client.get(following).json()["results"]] == visits[3:6]


def test_links_keep_the_filters(cast, program, visits):
    assert "kind=door" in program(cast.li).get("visits/?limit=3&kind=door").json()["next"]


def test_a_cursor_tells_nothing_and_fits_its_own_list_only(cast, program, visits):
    client = program(cast.li)
    cursor = client.get("visits/?limit=3").json()["next"].split("cursor=")[1]
    plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"held_on" not in plain
    for address in (
        f"enterprises/?cursor={cursor}",
        f"visits/?ordering=held_on&cursor={cursor}",
        f"visits/?cursor={cursor[:-2]}AA",
        "visits/?cursor=!",
    ):
        answer = client.get(address)
        assert answer.status_code == 422 and set(answer.json()["errors"]) == {"cursor"}, address


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1e2", "９", "1" * 400])
def test_a_page_has_a_cap(cast, program, limit):
    answer = program(cast.li).get("visits/", {"limit": limit})
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"limit"}
