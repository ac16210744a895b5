"""A foreign identifier and a missing one get the same answer: in the path, in a filter, in a body."""

import uuid

import pytest

from api.core.fields import Ref
from api.core.rows import CREATE
from api.urls import NOUNS
from crm.pages.filters import RowFilter
from tests.api.bodies import CHANGES, body_for
from tests.cast import record_visit
from tests.samples import OF_ENTERPRISES
from visits.models import Visit

pytestmark = pytest.mark.django_db


def same(one, other, foreign, missing):
    """Whether two answers are the same but for the identifiers that were asked for."""
    return one.status_code == other.status_code and one.content.replace(
        str(foreign).encode(), b""
    ) == other.content.replace(str(missing).encode(), b"")


@pytest.fixture
def foreign(cast):
    """noun → the identifier of a row that 小李 may not see."""
    return {sample.prefix: sample.row(cast, cast.chint, cast.wu).uid for sample in OF_ENTERPRISES}


FOREIGN = tuple(sample.prefix for sample in OF_ENTERPRISES)
PREFIXES = {sample.model: sample.prefix for sample in OF_ENTERPRISES}
#: (address, filter, noun that it names) of every filter by such a row.
FILTERS = [
    (f"{prefix}/", name, PREFIXES[filter_.noun])
    for prefix, view in NOUNS.items()
    for name, filter_ in getattr(view.filterset_class, "base_filters", {}).items()
    if isinstance(filter_, RowFilter) and filter_.noun in PREFIXES
]
#: (address, field, noun that it names) of every such row that a create may name.
FIELDS = [
    (f"{prefix}/", name, PREFIXES[field.model])
    for prefix in FOREIGN
    for name, field in NOUNS[prefix].serializer_class.variant(CREATE)().fields.items()
    if isinstance(field, Ref) and field.model in PREFIXES
]


@pytest.mark.parametrize("noun", FOREIGN)
def test_in_the_path(cast, program, foreign, noun):
    client, missing = program(cast.li), uuid.uuid4()
    one, other = client.get(f"{noun}/{foreign[noun]}/"), client.get(f"{noun}/{missing}/")
    assert one.status_code == 404 and same(one, other, foreign[noun], missing)
    assert str(foreign[noun]) not in [row["uid"] for row in client.rows(f"{noun}/")]


@pytest.mark.parametrize("noun", [noun for noun in FOREIGN if noun in CHANGES])
def test_in_the_path_of_a_change(cast, program, foreign, noun):
    client, missing = program(cast.li), uuid.uuid4()
    one, other = (
        client.patch(f"{noun}/{uid}/", {"version": 1}) for uid in (foreign[noun], missing)
    )
    assert one.status_code == 404 and same(one, other, foreign[noun], missing)


@pytest.mark.parametrize("action", ["contacts/{}/reveal/", "visits/{}/withdraw/"])
def test_in_the_path_of_an_action(cast, program, foreign, action):
    client, missing = program(cast.li), uuid.uuid4()
    uid = foreign[action.split("/")[0]]
    one, other = (client.post(action.format(which), {"reason": "试"}) for which in (uid, missing))
    assert one.status_code == 404 and same(one, other, uid, missing)


@pytest.mark.parametrize(("address", "name", "noun"), FILTERS)
def test_in_a_filter(cast, program, foreign, address, name, noun):
    client, missing = program(cast.li), uuid.uuid4()
    one, other = client.get(address, {name: foreign[noun]}), client.get(address, {name: missing})
    assert one.status_code == 422 and set(one.json()["errors"]) == {name}
    assert same(one, other, foreign[noun], missing)


@pytest.mark.parametrize(("address", "name", "noun"), FIELDS)
def test_in_a_body(cast, program, foreign, address, name, noun):
    who, body = body_for(address.rstrip("/"), cast)
    client, missing, there = program(who), uuid.uuid4(), Visit.objects.count()
    one, other = (client.post(address, {**body, name: uid}) for uid in (foreign[noun], missing))
    assert one.status_code == 422 and set(one.json()["errors"]) == {name}
    assert same(one, other, foreign[noun], missing) and Visit.objects.count() == there


def test_in_a_change_that_would_move_a_visit(cast, program, foreign):
    visit = record_visit(cast, cast.li)
    client, missing = program(cast.li), uuid.uuid4()
    for name, noun in (("project", "key-projects"), ("contact", "contacts")):
        one, other = (
            client.patch(f"visits/{visit.uid}/", {name: uid, "version": 1})
            for uid in (foreign[noun], missing)
        )
        assert one.status_code == 422 and same(one, other, foreign[noun], missing)
    assert (
        client.patch(
            f"visits/{visit.uid}/", {"enterprise": cast.hotel.uid, "version": 1}
        ).status_code
        == 422
    )


def test_a_problem_is_not_hung_on_a_visit_to_another_enterprise(cast, program):
    visit = record_visit(cast, cast.li, cast.hotel)
    _who, body = body_for("problems", cast)
    answer = program(cast.li).post("problems/", {**body, "visit": visit.uid})
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"visit"}


def test_internal_keys_are_no_identifiers(cast, program):
    client = program(cast.li)
    assert client.get(f"enterprises/{cast.semir.pk}/").status_code == 404
    _who, body = body_for("visits", cast)
    assert client.post("visits/", {**body, "enterprise": cast.semir.pk}).status_code == 422
    assert client.post("visits/", {**body, "topics": [cast.safety.pk]}).status_code == 422
    assert client.get("visits/", {"enterprise": cast.semir.pk}).status_code == 422
