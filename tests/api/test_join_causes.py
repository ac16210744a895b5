"""Other systems found common causes, join problems to them, and solve them by the same verbs as the
pages.
"""

import uuid

import pytest

from tests.causes import found, three_alike
from tests.steps import register
from visits.models import CauseMember, CommonCause

pytestmark = pytest.mark.django_db


def body(cast, problems=(), **changes):
    return {
        "uid": str(uuid.uuid4()),
        "title": "门口停车难",
        "lead_unit": cast.county.code,
        "problems": [str(p.uid) for p in problems],
        **changes,
    }


def test_one_is_founded_grown_solved_and_reopened(cast, program):
    one, two, three = three_alike(cast)
    client = program(cast.county_manager)
    sent = body(cast, [one], why="同一路段。")
    made = client.post("common-causes/", sent)
    assert made.status_code == 201 and (made.json()["member_count"], made.json()["state"]) == (
        1,
        "open",
    )
    assert (
        client.post("common-causes/", sent).status_code == 200 and CommonCause.objects.count() == 1
    )
    address = f"common-causes/{sent['uid']}/"
    joined = client.post(
        f"{address}join/", {"problems": [str(two.uid), str(three.uid)], "why": "同一路段。"}
    )
    assert joined.status_code == 200 and joined.json()["member_count"] == 3
    assert client.get(f"problems/{two.uid}/").json()["cause"] == {
        "uid": sent["uid"],
        "title": "门口停车难",
    }
    assert (
        client.post(f"{address}leave/", {"problem": str(three.uid), "why": "不同。"}).status_code
        == 204
    )
    assert client.get(f"problems/{three.uid}/").json()["cause"] is None
    assert (
        client.post(f"{address}solve/", {"solution": "划线。", "reply": "已划线。"}).status_code
        == 428
    )
    solved = client.post(
        f"{address}solve/", {"solution": "划线。", "reply": "已划线。", "version": 1}
    )
    assert solved.status_code == 200 and (solved.json()["state"], solved.json()["reply"]) == (
        "solved",
        "已划线。",
    )
    assert client.get(f"problems/{one.uid}/").json()["state"] == "registered"
    assert client.post(f"{address}reopen/", {"why": "又堵了。", "version": 1}).status_code == 409
    assert (
        client.post(f"{address}reopen/", {"why": "又堵了。"}, **{"if-match": '"2"'}).json()["state"]
        == "open"
    )


def test_what_may_not_be_done_is_told_apart(cast, program):
    one, two, three = three_alike(cast)
    cause = found(cast, [one], lead_officer=None)
    client, li, address = (
        program(cast.county_manager),
        program(cast.li),
        f"common-causes/{cause.uid}/",
    )
    far = register(cast, by=cast.wu, enterprise=cast.chint)
    assert li.post("common-causes/", body(cast)).status_code == 403
    assert li.post(f"{address}join/", {"problems": [str(two.uid)]}).status_code == 403
    # Sees it, and may not change it.
    assert li.patch(address, {"title": "x", "version": 1}).status_code == 404
    assert (
        li.post(f"{address}solve/", {"solution": "x", "reply": "y", "version": 1}).status_code
        == 404
    )
    assert program(cast.wu).get(address).status_code == 404
    assert client.post(f"{address}join/", {"problems": [str(far.uid)]}).status_code == 422
    assert client.post(f"{address}join/", {"problems": []}).status_code == 422
    assert client.post(f"{address}join/", {"problems": [str(one.uid)]}).status_code == 409
    assert client.post("common-causes/", body(cast, [three, one])).status_code == 409
    assert client.post(f"{address}leave/", {"problem": str(two.uid), "why": "x"}).status_code == 409
    assert client.post(f"{address}leave/", {"problem": str(one.uid)}).status_code == 422
    assert client.patch(address, {"state": "solved", "version": 1}).status_code == 422
    assert client.patch(address, {"problems": [], "version": 1}).status_code == 422
    for verb, sent in (
        ("join", {"problems": [str(two.uid)]}),
        ("leave", {"problem": str(one.uid), "why": "x"}),
        ("solve", {"solution": "x", "reply": "y", "version": 1}),
        ("reopen", {"why": "x", "version": 1}),
    ):
        answer = client.post(f"{address}{verb}/", {**sent, "wings": 2})
        # Unknown keys are refused here too.
        assert answer.status_code == 422 and set(answer.json()["errors"]) == {"wings"}
    assert CauseMember.objects.count() == 1


def test_its_problems_are_listed_as_far_as_one_sees_them(cast, program):
    one, _two, three = three_alike(cast)
    cause = found(cast, [one, three])
    for person, uids in (
        (cast.county_manager, {one.uid, three.uid}),
        (cast.head, {one.uid}),
        (cast.sun, {three.uid}),
    ):
        rows = program(person).rows("problems/", cause=cause.uid)
        assert {row["uid"] for row in rows} == set(map(str, uids))
        assert program(person).rows("common-causes/")[0]["member_count"] == 2
    assert program(cast.wu).get("problems/", {"cause": cause.uid}).status_code == 422


def test_filters_are_those_of_the_pages(cast, program):
    cause = found(cast, three_alike(cast)[:1])
    client = program(cast.head)
    for filters, there in (
        ({"state": "open"}, True),
        ({"state": "solved"}, False),
        ({"unit": "330302"}, True),
        ({"mine": "1"}, True),
        ({"division": "330382"}, False),
        ({"enterprise": cast.semir.uid}, True),
        ({"unanswered": "1"}, True),
        ({"q": "停车"}, True),
    ):
        assert [row["uid"] for row in client.rows("common-causes/", **filters)] == [
            str(cause.uid)
        ] * there, filters
    assert client.get("common-causes/", {"colour": "red"}).status_code == 422
