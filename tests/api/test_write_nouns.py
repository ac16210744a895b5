"""Every noun is created under a client's identifier and changed from the version that was read."""

import datetime
import uuid

import pytest
from django.utils import timezone

from crm.models import AuditEvent, OutboxEvent
from liaisons.models import Enterprise
from tests.api.bodies import CHANGES, WRITTEN, body_for
from visits.models import Problem, Visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("noun", WRITTEN)
def test_a_row_is_created_audited_and_told(cast, program, noun):
    who, body = body_for(noun, cast)
    client = program(who)
    answer = client.post(f"{noun}/", body)
    assert answer.status_code == 201, answer.content.decode()
    row = answer.json()
    assert row["uid"] == str(body["uid"]) and row["version"] == 1
    assert answer["Location"].endswith(f"/api/v1/{noun}/{row['uid']}/")
    assert client.get(answer["Location"]).json() == row
    assert AuditEvent.objects.filter(object_uid=row["uid"], actor=who).exists()
    assert OutboxEvent.objects.filter(object_uid=row["uid"]).exists()


@pytest.mark.parametrize("noun", CHANGES)
def test_a_row_is_changed_from_the_version_that_was_read(cast, program, noun):
    who, body = body_for(noun, cast)
    client, change = program(who), CHANGES[noun]
    address = client.post(f"{noun}/", body)["Location"]
    read = client.get(address)
    answer = client.patch(address, change, **{"if-match": read["ETag"]})
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["version"] == 2 and all(
        answer.json()[name] == value for name, value in change.items()
    )
    assert client.patch(address, {**change, "version": 2}).json()["version"] == 3


@pytest.mark.parametrize("noun", CHANGES)
def test_a_change_without_its_version_or_from_an_old_one_is_refused(cast, program, noun):
    who, body = body_for(noun, cast)
    client, change = program(who), CHANGES[noun]
    address = client.post(f"{noun}/", body)["Location"]
    assert client.patch(address, change).status_code == 428
    assert client.patch(address, change, **{"if-match": "*"}).status_code == 428
    assert client.patch(address, change, **{"if-match": '"1"'}).status_code == 200
    name = next(iter(change))
    stale = client.patch(
        address, {name: "closed" if name == "status" else change[name]} | {"version": 1}
    )
    assert stale.status_code == 412 and stale.json()["version"] == 2


@pytest.mark.parametrize("uid", [1, 1.5, True, None, ["a"], {"a": 1}, "1", ""])
def test_an_identifier_is_a_text_in_the_form_of_one(cast, program, uid):
    who, body = body_for("problems", cast)
    answer = program(who).post("problems/", body | {"uid": uid})
    assert (
        answer.status_code == 422
        and set(answer.json()["errors"]) == {"uid"}
        and Problem.objects.count() == 0
    )


def test_a_moment_is_written_with_its_zone(cast, program):
    who, body = body_for("visits", cast)
    at = timezone.localtime() - datetime.timedelta(hours=1)
    answer = program(who).post(
        "visits/", body | {"started_at": at.replace(tzinfo=None).isoformat()}
    )
    assert (
        answer.status_code == 422
        and "须注明时区" in answer.json()["errors"]["started_at"][0]
        and Visit.objects.count() == 0
    )
    assert program(who).post("visits/", body | {"started_at": at.isoformat()}).status_code == 201
    assert Visit.objects.get().started_at == at


@pytest.mark.parametrize(
    ("field", "value"),
    [("latitude", "999"), ("longitude", "-180.5"), ("next_contact_on", "2020-01-01")],
)
def test_a_visit_to_an_impossible_place_or_day_is_refused(cast, program, field, value):
    who, body = body_for("visits", cast)
    answer = program(who).post(
        "visits/", body | {"latitude": "28.01", "longitude": "120.66", field: value}
    )
    assert (
        answer.status_code == 422
        and field in answer.json()["errors"]
        and Visit.objects.count() == 0
    )


def test_a_stale_change_says_what_changed(cast, program):
    who, body = body_for("visits", cast)
    client = program(who)
    address = client.post("visits/", body)["Location"]
    client.patch(address, {"notes": "先改", "version": 1})
    stale = client.patch(address, {"notes": "后改", "version": 1}).json()
    assert stale["changed"] == {"notes": "先改"} and Visit.objects.get().notes == "先改"


def test_a_stale_change_of_a_contact_does_not_reveal_it(cast, program):
    client = program(cast.li)
    address = f"contacts/{cast.contact.uid}/"
    assert client.patch(address, {"name": "林小兰", "version": 1}).status_code == 200
    stale = client.patch(address, {"name": "猜测", "version": 1})
    assert stale.status_code == 412 and "林小兰" not in stale.content.decode()
    assert not AuditEvent.objects.filter(detail__icontains="林小").exists()


@pytest.mark.parametrize("noun", WRITTEN)
def test_unknown_and_unwritable_keys_are_refused(cast, program, noun):
    who, body = body_for(noun, cast)
    client = program(who)
    answer = client.post(f"{noun}/", {**body, "colour": "red", "created_at": "2020-01-01", "id": 7})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"colour", "created_at", "id"}
    assert client.get(f"{noun}/{body['uid']}/").status_code == 404


@pytest.mark.parametrize("noun", CHANGES)
def test_what_only_a_create_takes_is_refused_in_a_change(cast, program, noun):
    who, body = body_for(noun, cast)
    client = program(who)
    address = client.post(f"{noun}/", body)["Location"]
    answer = client.patch(address, {"uid": str(uuid.uuid4()), "version": 1})
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"uid"}


def test_a_visit_comes_with_its_sets_and_problems(cast, program):
    who, body = body_for("visits", cast)
    row = program(who).post("visits/", body).json()
    assert {topic["code"] for topic in row["topics"]} == {"safety", "fraud"} and row["services"][0][
        "name"
    ] == "法律咨询"
    assert row["companions"][0]["police_number"] == "0100002" and row["problem_count"] == 2
    assert row["officer"]["name"] == "小李" and row["unit"]["code"] == cast.wuma.code
    assert sorted(Problem.objects.values_list("title", "state")) == [
        ("咨询落户", "solved_on_spot"),
        ("门口停车难", "registered"),
    ]


def test_a_credit_code_is_mended_and_its_slips_are_named(cast, program):
    who, body = body_for("enterprises", cast)
    client = program(who)
    wrong = client.post("enterprises/", {**body, "credit_code": "91330300MA90000541"})
    assert wrong.status_code == 422 and "credit_code" in wrong.json()["errors"]
    same = client.post("enterprises/", {**body, "credit_code": cast.semir.credit_code.lower()})
    assert same.status_code == 422 and "credit_code" in same.json()["errors"]
    assert Enterprise.objects.filter(uid=body["uid"]).count() == 0


def test_a_row_that_would_leave_ones_scope_is_not_written(cast, program):
    client = program(cast.head)
    _who, body = body_for("enterprises", cast)
    answer = client.post("enterprises/", {**body, "unit": cast.liushi.code})
    assert (
        answer.status_code == 422
        and "unit" in answer.json()["errors"]
        and not Enterprise.objects.filter(uid=body["uid"]).exists()
    )
    moved = client.patch(f"enterprises/{cast.hotel.uid}/", {"unit": cast.liushi.code, "version": 1})
    cast.hotel.refresh_from_db()
    assert (
        moved.status_code == 422
        and "unit" in moved.json()["errors"]
        and cast.hotel.unit == cast.wuma
    )


def test_an_assignment_ends(cast, program):
    client = program(cast.head)
    row = client.rows("assignments/", enterprise=cast.hotel.uid)[0]
    answer = client.post(
        f"assignments/{row['uid']}/end/", {"ends_on": cast.today}, **{"if-match": '"1"'}
    )
    assert answer.status_code == 200 and answer.json()["ends_on"] == str(cast.today)
    assert (
        program(cast.li)
        .post(f"assignments/{row['uid']}/end/", {"ends_on": cast.today, "version": 2})
        .status_code
        == 403
    )


def test_a_visit_is_withdrawn_with_a_reason(cast, program):
    who, body = body_for("visits", cast)
    client = program(who)
    address = client.post("visits/", body)["Location"]
    assert client.post(f"{address}withdraw/", {"reason": " "}).status_code == 422
    row = client.post(f"{address}withdraw/", {"reason": "录入错误"}).json()
    assert row["withdrawn_reason"] == "录入错误" and client.rows("visits/") == []
    assert [visit["uid"] for visit in client.rows("visits/", withdrawn="1")] == [row["uid"]]
    assert client.patch(address, {"notes": "再改", "version": 2}).status_code == 409


def test_a_manager_who_is_no_officer_is_told_so(cast, program):
    who, body = body_for("problems", cast)
    cast.city_manager.officer.postings.all().delete()
    cast.city_manager.officer.delete()
    for noun in ("problems", "visits"):
        assert (
            program(cast.city_manager).post(f"{noun}/", body_for(noun, cast)[1]).status_code == 403
        )
