"""Tokens: issued for number and password, kept as a hash, locked after failures, revoked, expired."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from crm.models import AuditEvent
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def ask(client=None, **changes):
    body = {
        "police_number": "0100001",
        "password": PASSWORD,
        "name": "值班室大屏",
        "days": 7,
        **changes,
    }
    return (client or Client()).post("/api/v1/tokens/", body, content_type="application/json")


def get(token, address="/api/v1/visits/"):
    return Client().get(address, headers={"authorization": f"Bearer {token}"})


def test_a_token_is_shown_once_and_kept_as_a_hash(cast):
    answer = ask()
    assert answer.status_code == 201
    issued, row = answer.json(), ApiToken.objects.get()
    assert issued["token"].startswith(issued["prefix"]) and issued["token"] not in str(
        ApiToken.objects.values()
    )
    assert (
        row.owner == cast.li
        and AuditEvent.objects.filter(verb="token.issue", actor=cast.li, ok=True).count() == 1
    )
    listed = get(issued["token"], "/api/v1/tokens/").json()["results"]
    assert [token["name"] for token in listed] == ["值班室大屏"] and "token" not in listed[0]


def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(cast):
    wrong, unknown = ask(password="no"), ask(police_number="9999999")
    assert wrong.status_code == unknown.status_code == 401 and wrong.content == unknown.content
    assert wrong["WWW-Authenticate"].startswith("Bearer") and ApiToken.objects.count() == 0
    assert AuditEvent.objects.filter(verb="token.issue", ok=False).count() == 2


def test_five_failures_lock_the_account_here_too(cast):
    statuses = [ask(password="no").status_code for _ in range(6)]
    locked = ask()
    assert statuses[0] == 401 and statuses[-1] == 429 and locked.status_code == 429
    assert locked["Content-Type"] == "application/problem+json" and int(locked["Retry-After"]) > 0
    assert locked.json()["type"].endswith("/locked/") and ApiToken.objects.count() == 0


def test_an_expired_token_does_not_hold(cast):
    token = ask().json()["token"]
    assert get(token).status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert get(token).status_code == 401


def test_a_revoked_token_does_not_hold(cast):
    issued = ask().json()
    client = Client(headers={"authorization": f"Bearer {issued['token']}"})
    assert client.delete(f"/api/v1/tokens/{issued['uid']}/").status_code == 204
    assert get(issued["token"]).status_code == 401
    assert AuditEvent.objects.filter(verb="token.revoke").count() == 1


def test_a_token_ends_with_the_account_and_with_a_new_password(cast):
    token = ask().json()["token"]
    cast.li.password_changed_at = timezone.now() + datetime.timedelta(seconds=1)
    cast.li.save()
    assert get(token).status_code == 401
    cast.li.password_changed_at, cast.li.is_active = None, False
    cast.li.save()
    assert get(token).status_code == 401


def test_tokens_of_others_are_out_of_reach(cast, program):
    uid = ask().json()["uid"]
    client = program(cast.city_manager)
    assert (
        client.get(f"tokens/{uid}/").status_code
        == client.delete(f"tokens/{uid}/").status_code
        == 404
    )
    assert uid not in [row["uid"] for row in client.rows("tokens/")]


@pytest.mark.parametrize(
    "header", ["Bearer crm_nonsense", "Bearer ", "Bearer", "Token abc", "Basic MDEwMDAwMTp4"]
)
def test_what_is_no_token_is_refused(cast, header):
    answer = Client().get("/api/v1/visits/", headers={"authorization": header})
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_reads_and_writes_only_with_the_csrf_token(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.li, backend="crm.auth.AccountBackend")
    assert browser.get("/api/v1/visits/").status_code == 200
    refused = browser.post("/api/v1/visits/", {}, content_type="application/json")
    assert refused.status_code == 403 and refused.json()["type"].endswith("/csrf/")
    browser.get("/api/v1/docs/")
    token = browser.cookies["csrftoken"].value
    taken = browser.post(
        "/api/v1/visits/", {}, content_type="application/json", headers={"x-csrftoken": token}
    )
    assert taken.status_code == 422
