"""The API describes itself without a warning, and answers what it describes."""

import json

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from api.urls import NOUNS
from tests.cast import record_visit
from tests.causes import found

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(cast, program):
    answer = program(cast.li).get("schema/")
    assert answer.status_code == 200 and answer["Content-Type"].startswith(
        "application/vnd.oai.openapi+json"
    )
    return json.loads(answer.content)


def test_it_is_valid_and_made_without_a_warning(tmp_path):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
    )


def test_it_is_openapi_3_1_and_lists_every_noun(schema):
    assert schema["openapi"].startswith("3.1")
    assert {f"/api/v1/{noun}/" for noun in NOUNS} <= set(schema["paths"])
    names = [
        operation["operationId"] for path in schema["paths"].values() for operation in path.values()
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("noun", NOUNS)
def test_answers_are_what_it_says(cast, program, schema, noun):
    visit = record_visit(
        cast, cast.li, problems=[{"title": "停车难"}], topics=[cast.safety], contact=cast.contact
    )
    found(cast, visit.problems.all())
    client = program(cast.city_manager)

    def fits(answer, address):
        described = schema["paths"][address]["get"]["responses"]["200"]["content"][
            "application/json"
        ]["schema"]
        errors = Draft202012Validator(described | {"components": schema["components"]}).iter_errors(
            answer.json()
        )
        assert not [f"{list(error.path)}: {error.message}" for error in errors]

    fits(client.get(f"{noun}/"), f"/api/v1/{noun}/")
    rows = client.rows(f"{noun}/")
    if rows:
        key = "uid" if "uid" in rows[0] else "code"
        fits(client.get(f"{noun}/{rows[0][key]}/"), f"/api/v1/{noun}/{{{key}}}/")


def test_filters_orderings_and_versions_are_described(schema):
    visits = {
        item["name"]: item for item in schema["paths"]["/api/v1/visits/"]["get"]["parameters"]
    }
    assert {"kind", "unit", "held_from", "enterprise", "q", "limit", "cursor", "ordering"} <= set(
        visits
    )
    assert (
        visits["limit"]["schema"]["maximum"] == 200
        and "-held_on" in visits["ordering"]["schema"]["enum"]
    )
    change = {
        item["name"] for item in schema["paths"]["/api/v1/visits/{uid}/"]["patch"]["parameters"]
    }
    assert "If-Match" in change


def test_a_create_takes_keys_and_a_read_gives_rows(schema):
    parts = schema["components"]["schemas"]
    assert parts["VisitCreate"]["properties"]["enterprise"]["format"] == "uuid"
    assert "EnterpriseRef" in json.dumps(parts["Visit"]["properties"]["enterprise"])
    assert (
        "version" not in parts["VisitCreate"]["properties"]
        and "enterprise" not in parts["VisitChange"]["properties"]
    )
    assert "required" not in parts["VisitChange"] and "uid" in parts["VisitCreate"]["required"]
    assert "NewToken" in json.dumps(schema["paths"]["/api/v1/tokens/"]["post"]["responses"]["201"])
    assert (
        "token" in parts["NewToken"]["properties"] and "token" not in parts["Token"]["properties"]
    )


def test_the_page_loads_nothing_from_elsewhere(cast, as_user):
    assert Client().get("/api/v1/docs/").status_code == 302
    page = as_user(cast.li).get("/api/v1/docs/")
    text = page.content.decode()
    assert page.status_code == 200 and "https://" not in text.split("<body")[0]
    assert (
        "<script>" not in text
        and "swagger-ui-bundle" in text
        and "unpkg" not in text
        and "jsdelivr" not in text
    )


def test_the_schema_is_for_those_who_are_logged_in(db):
    assert Client().get("/api/v1/schema/").status_code == 401
