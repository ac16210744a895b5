"""An enterprise sends files through its portal, and sees there those and what was chosen for it,
and nothing else.
"""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Job
from tests.links import CANARY, confirm_link, followed_up, report_link
from tests.orders import do_waiting, with_worker
from tests.pictures import jpeg_with_position
from tests.uploads import document, pdf
from visits.models import Attachment, Problem
from visits.problems.attaching import attachment_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    """Whoever opens the portal, beside a worker."""
    return with_worker(client)


def portal_report(client, secret, files=(), **values):
    typed = {
        "uid": str(uuid.uuid4()),
        "title": "夜间噪声扰民",
        "files_of": str(uuid.uuid4()),
        **values,
    }
    return client.post(f"/e/{secret}", {**typed, "files": list(files)})


def test_an_enterprise_sends_files_and_sees_them(cast, client, as_user):
    link, secret = report_link(cast)
    assert portal_report(client, secret, [pdf("证据.pdf"), jpeg_with_position()]).status_code == 302
    attachment = Problem.objects.get().attachments.get(name="证据.pdf")
    assert (attachment.link, attachment.owner, attachment.for_enterprise) == (link, None, True)
    page = client.get(f"/e/{secret}").content.decode()
    assert "证据.pdf" in page and "门口.jpg" in page
    answer = client.get(f"/e/{secret}?file={attachment.uid}")
    assert (
        answer.status_code == 200
        and answer["Content-Disposition"].startswith("attachment")
        and answer["Cache-Control"] == "no-store"
    )
    assert as_user(cast.li).get(reverse("attachment", args=[attachment.uid])).status_code == 200
    # To the login.
    assert client.get(reverse("attachment", args=[attachment.uid])).status_code == 302


def test_the_door_keeps_good_files_and_what_was_typed(cast, client):
    _link, secret = report_link(cast)
    form_uid, uid = str(uuid.uuid4()), str(uuid.uuid4())
    answer = portal_report(
        client,
        secret,
        [pdf("证据.pdf"), document("页.html", b"<b>")],
        files_of=form_uid,
        uid=uid,
        description="每晚十点",
    )
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "证据.pdf" in page
        and "页.html" in page
        and "每晚十点" in page
    )
    waiting = Attachment.objects.get()
    assert client.get(f"/e/{secret}?file={waiting.uid}").status_code == 404  # not sent yet
    assert (
        portal_report(client, secret, files_of=form_uid, uid=uid, drop=str(waiting.uid)).status_code
        == 302
    )
    assert not Attachment.objects.exists() and Problem.objects.count() == 1


def test_the_door_shows_what_was_chosen_for_it_and_nothing_else(cast, client, as_user):
    problem = followed_up(cast)
    sent = [pdf("内部研判.pdf"), pdf("告知书.pdf", b"%PDF-2")]
    as_user(cast.li).post(
        reverse("problem_files", args=[problem.uid]), {"files_of": str(uuid.uuid4()), "files": sent}
    )
    do_waiting()
    inside, told = (
        problem.attachments.get(name="内部研判.pdf"),
        problem.attachments.get(name="告知书.pdf"),
    )
    attachment_show(attachment=told, shown=True, by=cast.li)
    _link, secret = confirm_link(cast, problem)
    # Sent back: no reply is approved.
    Problem.objects.filter(pk=problem.pk).update(state="in_progress")
    assert "告知书.pdf" not in client.get(f"/e/{secret}").content.decode()
    assert client.get(f"/e/{secret}?file={told.uid}").status_code == 404
    Problem.objects.filter(pk=problem.pk).update(state="follow_up")
    page = client.get(f"/e/{secret}").content.decode()
    assert "告知书.pdf" in page and "内部研判.pdf" not in page and CANARY not in page
    assert client.get(f"/e/{secret}?file={told.uid}").status_code == 200
    refused = client.get("/e/none-such")
    for uid in (inside.uid, uuid.uuid4(), "x", ""):
        answer = client.get(f"/e/{secret}?file={uid}")
        assert (answer.status_code, answer.content) == (404, refused.content)


def test_a_link_opens_no_file_of_another_enterprise(cast, client):
    _link, secret = report_link(cast)
    portal_report(client, secret, [pdf("证据.pdf")])
    own = Attachment.objects.get()
    _other, other_secret = confirm_link(cast, followed_up(cast, enterprise=cast.hotel))
    assert client.get(f"/e/{other_secret}?file={own.uid}").status_code == 404


def test_a_link_sends_so_many_files_a_day(cast, client, settings):
    settings.LINK_FILES_A_DAY = 2
    _link, secret = report_link(cast)
    answer = portal_report(
        client, secret, [pdf(content=b"%PDF-" + bytes([65 + number])) for number in range(3)]
    )
    assert (
        answer.status_code == 422
        and Attachment.objects.count() == 2
        and not Problem.objects.exists()
    )


def test_the_door_tells_of_its_own_files_that_are_checked_or_refused(cast, as_user):
    portal, (link, secret) = Client(), report_link(cast)
    form_uid = str(uuid.uuid4())
    portal_report(
        portal,
        secret,
        [pdf("证据.pdf"), document("假.docx", b"PK" + b"?" * 99)],
        files_of=form_uid,
        title="",
    )
    good, bad = (Attachment.objects.get(name=name) for name in ("证据.pdf", "假.docx"))
    assert (good.link, good.state, Job.objects.first().owner) == (link, "checking", link.created_by)
    # Of a form that is not taken yet.
    assert f"?look={good.uid}" in portal.get(f"/e/{secret}?look={good.uid}").content.decode()
    do_waiting()
    assert (
        bad.name in (waiting := portal.get(f"/e/{secret}?look={bad.uid}").content.decode())
        and "is-refused" in waiting
    )
    assert portal_report(portal, secret, files_of=form_uid).status_code == 302
    page = portal.get(f"/e/{secret}").content.decode()
    assert f"?file={good.uid}" in page and f"?file={bad.uid}" not in page and "假.docx" in page
    assert portal.get(f"/e/{secret}?file={bad.uid}").status_code == 404
    _other, other_secret = confirm_link(cast, followed_up(cast, enterprise=cast.hotel))
    refused = Client().get("/e/none-such").content
    for address, uid in (
        (other_secret, bad.uid),
        (secret, good.uid),
        (secret, uuid.uuid4()),
        (secret, "x"),
    ):
        answer = portal.post(f"/e/{address}", {"remove": uid})
        assert (answer.status_code, answer.content) == (404, refused)
    assert portal.get(f"/e/{other_secret}?look={bad.uid}").content == refused
    assert (
        portal.post(f"/e/{secret}", {"remove": bad.uid}).status_code == 302
        and Attachment.objects.get() == good
    )


def test_the_door_shows_nothing_of_the_police_that_is_not_ready(cast, client, as_user):
    problem = followed_up(cast)
    form_uid = str(uuid.uuid4())
    as_user(cast.li).post(
        reverse("problem_files", args=[problem.uid]),
        {"files_of": form_uid, "files": pdf("告知书.pdf")},
    )
    attachment_show(attachment=problem.attachments.get(), shown=True, by=cast.li)
    _link, secret = confirm_link(cast, problem)
    assert "告知书.pdf" not in Client().get(f"/e/{secret}").content.decode()
    do_waiting()
    assert "告知书.pdf" in Client().get(f"/e/{secret}").content.decode()
