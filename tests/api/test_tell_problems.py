"""Every failure is told as problem details, in the asker's language."""

import json

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from api.core.errors import TITLES
from api.visits.views import VisitViewSet

pytestmark = pytest.mark.django_db


def is_problem(answer, status, code):
    body = answer.json()
    assert answer.status_code == status, body
    assert answer["Content-Type"] == "application/problem+json"
    assert (
        body["status"] == status
        and body["title"]
        and body["detail"]
        and body["type"] == f"/api/v1/problem-types/{code}/"
    )
    return body


def test_addresses_that_do_not_exist(cast, program):
    client = program(cast.li)
    for address in ("nothing/", "visits/7/", "visits/no-uuid/", "", "/api/", "/api/v2/visits/"):
        is_problem(client.get(address), 404, "not-found")
        is_problem(client.post(address), 404, "not-found")


def test_a_forgotten_slash_is_put_right(cast, program):
    answer = program(cast.li).get("visits?limit=1")
    assert answer.status_code == 308 and answer["Location"] == "/api/v1/visits/?limit=1"


def test_methods_media_types_and_malformed_bodies(cast, program):
    client = program(cast.li)
    put = client.client.put("/api/v1/visits/", "{}", content_type="application/json")
    is_problem(put, 405, "method-not-allowed")
    assert "POST" in put["Allow"]
    is_problem(client.client.post("/api/v1/visits/", {"a": 1}), 415, "unsupported-media-type")
    for body in (
        "{",
        "[]",
        "7",
        '"x"',
        "nul",
        '{"a": NaN}',
        "[" * 100_000,
        '{"a": "\\ud800"}',
        b"\xff\xfe{}",
    ):
        is_problem(
            client.client.post("/api/v1/visits/", body, content_type="application/json"),
            400,
            "malformed",
        )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"a" 1}', "第 5 字节处格式有误"),
        (b'{"a":', "在第 5 字节处中断"),
        (b'{"a":"\xff"}', "不是 UTF-8 编码"),
        (b"[" * 100_000, "嵌套层级过深"),
        (b'{"a":1e99999999999999999999}', "数字超出范围"),
    ],
)
def test_a_malformed_body_is_told_in_chinese_and_with_its_place(cast, program, body, told):
    answer = program(cast.li).client.post("/api/v1/visits/", body, content_type="application/json")
    detail = is_problem(answer, 400, "malformed")["detail"]
    assert told in detail and "malformed" not in detail and "truncated" not in detail


def test_a_body_that_is_too_large(cast, program):
    body = json.dumps({"notes": "字" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    is_problem(
        program(cast.li).client.post("/api/v1/visits/", body, content_type="application/json"),
        413,
        "too-large",
    )


def test_nobody_and_the_wrong_role(cast, program):
    is_problem(Client().get("/api/v1/visits/"), 401, "not-authenticated")
    is_problem(program(cast.audit_admin).get("visits/"), 403, "not-allowed")
    is_problem(program(cast.li).post("enterprises/", {}), 403, "not-allowed")


def test_values_that_cannot_be_taken_are_named(cast, program):
    body = is_problem(
        program(cast.li).post(
            "visits/", {"problems": [{"title": ""}, {"title": "x" * 200, "colour": 1}]}
        ),
        422,
        "invalid",
    )
    assert set(body["errors"]) == {
        "uid",
        "enterprise",
        "started_at",
        "problems.0.title",
        "problems.1.title",
        "problems.1.colour",
    }


def test_texts_that_no_database_takes(cast, program):
    client = program(cast.li)
    assert client.get("visits/", {"q": "a\x00b"}).status_code == 422
    answer = client.post("visits/", {"notes": "a\x00b"})
    assert "notes" in is_problem(answer, 422, "invalid")["errors"]


def test_a_failure_of_ours_is_a_problem_too(cast, program, monkeypatch):
    client = program(cast.li)
    client.client.raise_request_exception = False

    def fail(self, right="view"):
        raise ZeroDivisionError

    monkeypatch.setattr(VisitViewSet, "get_queryset", fail)
    is_problem(client.get("visits/"), 500, "failure")


def test_what_the_database_refuses_is_a_conflict(cast, program, monkeypatch):
    def fail(self, right="view"):
        raise IntegrityError

    monkeypatch.setattr(VisitViewSet, "get_queryset", fail)
    is_problem(program(cast.li).get("visits/"), 409, "conflict")


@pytest.mark.parametrize(
    "accepts, title",
    [
        ("en", "Not found"),
        ("en-GB,zh;q=0.5", "Not found"),
        ("zh-CN,en;q=0.9", "未找到"),
        ("fr", "未找到"),
        ("", "未找到"),
        ("*", "未找到"),
    ],
)
def test_the_asker_chooses_the_language(cast, program, accepts, title):
    answer = program(cast.li).get("nothing/", **{"accept-language": accepts})
    assert is_problem(answer, 404, "not-found")["title"] == title
    assert answer["Content-Language"] == ("en" if title == "Not found" else "zh-hans")


def test_every_type_of_problem_can_be_looked_up(db):
    for code, (status, _title) in TITLES.items():
        answer = Client().get(f"/api/v1/problem-types/{code}/")
        assert answer.status_code == 200 and answer.json()["status"] == status
    is_problem(Client().get("/api/v1/problem-types/none/"), 404, "not-found")
