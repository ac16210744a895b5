"""Other systems read the files of a problem, and add some."""

import hashlib
import json
import uuid

import pytest

from tests.api.conftest import ROOT
from tests.orders import do_waiting
from tests.steps import register
from tests.uploads import PDF, document, pdf
from visits.models import Attachment

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def send(program, problem, file, **values):
    return program.client.post(
        f"{ROOT}problems/{problem.uid}/attachments/", {"uid": uuid.uuid4(), "file": file, **values}
    )


def test_a_file_is_added_listed_and_fetched(cast, program):
    problem, li, uid = register(cast), program(cast.li), uuid.uuid4()
    for status in (201, 200):
        answer = send(li, problem, pdf(), uid=uid, why="材料", for_enterprise="true")
        assert answer.status_code == status and answer.json()["state"] == "checking", (
            answer.content.decode()
        )
    address = f"problems/{problem.uid}/attachments/{answer.json()['uid']}/"
    assert (
        li.get(address).status_code == 404
        and "checked" in li.get(address, **ENGLISH).json()["detail"]
    )
    do_waiting()
    [row] = li.get(f"problems/{problem.uid}/attachments/").json()["results"]
    assert (row["name"], row["step"], row["for_enterprise"], row["size"]) == (
        "合同.pdf",
        2,
        True,
        len(PDF),
    )
    assert (row["state"], row["refusal"], row["sha256"]) == (
        "ready",
        "",
        hashlib.sha256(PDF).hexdigest(),
    )
    assert set(row) == {
        "uid",
        "name",
        "state",
        "refusal",
        "media_type",
        "size",
        "sha256",
        "step",
        "for_enterprise",
        "created_at",
    }
    got = li.get(f"problems/{problem.uid}/attachments/{row['uid']}/")
    assert b"".join(got.streaming_content) == PDF and got["Content-Disposition"].startswith(
        "attachment"
    )
    assert [step["verb"] for step in li.get(f"problems/{problem.uid}/steps/").json()["steps"]] == [
        "register",
        "attach",
    ]


def test_a_step_takes_the_files_that_wait_for_it(cast, program):
    problem, head, uid = register(cast), program(cast.head), uuid.uuid4()
    sent = send(head, problem, pdf(), uid=uid, wait="true")
    assert (sent.status_code, sent.json()["step"]) == (201, None)
    do_waiting()
    # The same again tells how it went.
    assert send(head, problem, pdf(), uid=uid, wait="true").json()["state"] == "ready"
    assert head.get(f"problems/{problem.uid}/attachments/").json() == {"results": []}
    answer = head.post(
        f"problems/{problem.uid}/steps/", {"verb": "accept", "version": 1, "files": str(uid)}
    )
    assert answer.status_code == 200, answer.json()
    [row] = head.get(f"problems/{problem.uid}/attachments/").json()["results"]
    assert row["step"] == 2 and problem.steps.count() == 2


def test_what_is_not_taken_is_told(cast, program):
    problem, li = register(cast), program(cast.li)
    answer = send(li, problem, document("页.html", b"<p>"))
    assert answer.status_code == 422 and "页.html" in answer.json()["errors"]["file"][0]
    assert (
        li.post(f"problems/{problem.uid}/attachments/", {"uid": str(uuid.uuid4())}).status_code
        == 415
    )
    assert li.client.post(f"{ROOT}problems/", {"title": "x"}).status_code == 415
    assert send(li, problem, pdf(), wings="2").status_code == 422
    assert send(li, problem, pdf(), uid="x").status_code == 422 and not Attachment.objects.exists()


def test_what_is_refused_later_is_told_and_can_be_taken_away(cast, program):
    problem, li = register(cast), program(cast.li)
    send(li, problem, pdf())
    bad = send(li, problem, document("假.docx", b"PK" + b"?" * 99)).json()["uid"]
    do_waiting()
    rows = {
        row["uid"]: row
        for row in li.get(f"problems/{problem.uid}/attachments/", **ENGLISH).json()["results"]
    }
    assert (
        rows[bad]["state"] == "refused"
        and "假.docx" in rows[bad]["refusal"]
        and "ending" in rows[bad]["refusal"]
    )
    address = f"/api/v1/problems/{problem.uid}/attachments/"
    assert li.get(f"problems/{problem.uid}/attachments/{bad}/").status_code == 404
    assert program(cast.wu).client.delete(f"{address}{bad}/").status_code == 404
    [good] = set(rows) - {bad}
    assert li.client.delete(f"{address}{good}/").status_code == 409
    assert (
        li.client.delete(f"{address}{bad}/").status_code == 204 and problem.attachments.count() == 1
    )


def test_a_foreign_problem_is_a_missing_one(cast, program):
    problem, wu = register(cast), program(cast.wu)
    send(program(cast.li), problem, pdf())
    attachment = problem.attachments.get()
    other = register(cast, by=cast.wu, enterprise=cast.chint)
    assert send(wu, problem, pdf()).status_code == 404 and problem.attachments.count() == 1
    for owner in (problem, other):
        assert wu.get(f"problems/{owner.uid}/attachments/{attachment.uid}/").status_code == 404
    assert wu.get(f"problems/{problem.uid}/attachments/").status_code == 404


def test_it_is_described(cast, program):
    paths = json.loads(program(cast.li).get("schema/").content)["paths"]
    body = paths["/api/v1/problems/{uid}/attachments/"]["post"]["requestBody"]["content"]
    assert (
        list(body) == ["multipart/form-data"]
        and "/api/v1/problems/{uid}/attachments/{attachment}/" in paths
    )
