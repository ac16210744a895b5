"""Lists and rows: for those whose they are, with the pages' filters, and without what may not leave
the house.
"""

import pytest

from api.urls import NOUNS
from crm.models import AuditEvent
from tests.cast import record_visit
from tests.causes import found

pytestmark = pytest.mark.django_db

BUSINESS = (
    "enterprises",
    "contacts",
    "key-projects",
    "assignments",
    "visits",
    "problems",
    "common-causes",
    "campaigns",
)
PEOPLE = (
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
)
SEE_SEMIR = {"li", "zhang", "head", "county_manager", "city_manager"}


@pytest.fixture
def visit(cast):
    visit = record_visit(
        cast, cast.li, problems=[{"title": "停车难"}], contact=cast.contact, topics=[cast.fraud]
    )
    found(cast, visit.problems.all())
    return visit


def keys_of(value):
    """Every key of a JSON value, at any depth."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from keys_of(item)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_row_in_full_says_what_its_list_says(cast, program, visit, noun):
    client = program(cast.city_manager)
    rows = client.rows(f"{noun}/")
    if noun == "jobs":
        assert rows == []
        return
    row = client.get(f"{noun}/{rows[0].get('uid') or rows[0]['code']}/").json()
    assert row | rows[0] == row
    assert not {"id", "pk", "payload_hash", "created_by", "digest"} & set(keys_of([row, rows]))


@pytest.mark.parametrize("person", PEOPLE)
def test_rows_are_listed_for_those_whose_they_are(cast, program, visit, person):
    client, sees = program(getattr(cast, person)), person in SEE_SEMIR
    assert (str(cast.semir.uid) in [row["uid"] for row in client.rows("enterprises/")]) == sees
    assert (str(cast.contact.uid) in [row["uid"] for row in client.rows("contacts/")]) == sees
    assert (str(cast.project.uid) in [row["uid"] for row in client.rows("key-projects/")]) == sees
    assert (str(visit.uid) in [row["uid"] for row in client.rows("visits/")]) == sees
    assert bool(client.rows("problems/")) == bool(client.rows("common-causes/")) == sees
    assert client.get(f"visits/{visit.uid}/").status_code == (200 if sees else 404)


@pytest.mark.parametrize("person", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_read_no_business_data(cast, program, visit, person):
    client = program(getattr(cast, person))
    assert {noun: client.get(f"{noun}/").status_code for noun in BUSINESS} == dict.fromkeys(
        BUSINESS, 403
    )
    assert client.get(f"visits/{visit.uid}/").status_code == 403
    assert client.get("units/").status_code == client.get("jobs/").status_code == 200


def test_contacts_are_masked_and_a_reveal_is_audited(cast, program):
    client = program(cast.li)
    row = client.get(f"contacts/{cast.contact.uid}/").json()
    assert (row["name"], row["work_phone"]) == ("林**", "138******34") and client.rows("contacts/")[
        0
    ]["name"] == "林**"
    shown = client.post(f"contacts/{cast.contact.uid}/reveal/").json()
    assert shown == {"name": "林小红", "work_phone": "13800001234"}
    assert (
        AuditEvent.objects.filter(
            verb="contact.reveal", actor=cast.li, object_uid=cast.contact.uid
        ).count()
        == 1
    )


def test_a_masked_value_is_not_written_back(cast, program):
    client = program(cast.li)
    row = client.get(f"contacts/{cast.contact.uid}/").json()
    for name in ("name", "work_phone"):
        answer = client.patch(f"contacts/{cast.contact.uid}/", {name: row[name], "version": 1})
        assert answer.status_code == 422 and set(answer.json()["errors"]) == {name}


def test_filters_are_those_of_the_pages(cast, program, visit):
    other = record_visit(cast, cast.li, cast.hotel, kind="phone")
    client = program(cast.li)
    found = [
        ({"kind": "phone"}, [other]),
        ({"enterprise": cast.semir.uid}, [visit]),
        ({"topic": "fraud"}, [visit]),
        ({"has_problems": "1"}, [visit]),
        (
            {"unit": cast.county.code, "kind": ["door", "phone"], "held_from": visit.held_on},
            [other, visit],
        ),
        ({"unit": cast.other_county.code}, []),
        ({"q": "经营"}, [other, visit]),
    ]
    for filters, expected in found:
        assert [row["uid"] for row in client.rows("visits/", **filters)] == [
            str(row.uid) for row in expected
        ], filters


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "enterprise__name=x",
        "sort=name",
        "kind=house",
        "held_from=soon",
        "unit=nowhere",
        "page=2",
    ],
)
def test_an_unknown_filter_and_a_bad_value_are_errors(cast, program, query):
    answer = program(cast.li).get(f"visits/?{query}")
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {query.split("=")[0]}


def test_hidden_columns_are_no_orderings(cast, program):
    for ordering in ("id", "payload_hash", "name_index", "notes", "--held_on", "held_on,id"):
        assert program(cast.li).get("visits/", {"ordering": ordering}).status_code == 422


def test_what_one_holds_already_is_not_sent_again(cast, program, visit):
    client = program(cast.li)
    for address in (f"visits/{visit.uid}/", "visits/"):
        first = client.get(address)
        again = client.get(address, **{"if-none-match": first["ETag"]})
        assert again.status_code == 304 and again.content == b"" and again["ETag"] == first["ETag"]
    cast.semir.name = "温州森马集团有限公司"
    cast.semir.save()
    changed = client.get(address, **{"if-none-match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_a_person_in_another_unit_sees_other_rows_at_once(cast, program, visit):
    client = program(cast.head)
    assert client.get(f"visits/{visit.uid}/").status_code == 200
    cast.head.unit = cast.nanmen
    cast.head.save()
    assert client.get(f"visits/{visit.uid}/").status_code == 404 and client.rows("visits/") == []
