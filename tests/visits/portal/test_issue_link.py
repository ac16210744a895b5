"""Links for an enterprise: who issues and revokes them, that the secret is shown once and kept
nowhere.
"""

import logging
import re
import uuid
from io import StringIO

import pytest
from django.urls import reverse

from crm.errors import Conflict, Invalid, Missing, NotAllowed
from crm.models import AuditEvent, OutboxEvent
from liaisons.models import Contact
from tests.links import (
    confirm_link,
    followed_up,
    registered,
    report_link,
)
from visits.models import EnterpriseLink
from visits.models.links import digest_of, link_behind
from visits.portal.links import link_issue, link_revoke

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"/e/([A-Za-z0-9_-]{32})")


def issue(client, address, **values):
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"uid": page.context["form"]["uid"].value(), **values})


def everything_written():
    """All that the database holds of acts, as one text."""
    rows = [
        *AuditEvent.objects.values_list("verb", "detail", "object_uid"),
        *OutboxEvent.objects.values_list("verb", "object_uid"),
    ]
    return str(rows + list(EnterpriseLink.objects.values_list()))


def test_an_officer_issues_a_link_from_the_problem_and_sees_it_once(cast, as_user):
    problem, client = followed_up(cast), as_user(cast.li)
    detail, address = (
        reverse("problem_proof_panel", args=[problem.uid]),
        reverse("problem_link", args=[problem.uid]),
    )
    assert detail in client.get(reverse("problem_detail", args=[problem.uid])).content.decode()
    assert address in client.get(detail).content.decode()
    uid = client.get(address).context["form"]["uid"].value()
    first = client.post(address, {"uid": uid})
    secret = SECRET.search(first.content.decode())[1]
    assert "data:image/svg+xml" in first.content.decode() and "no-store" in first["Cache-Control"]
    assert link_behind(secret).problem == problem
    again = client.post(address, {"uid": uid})
    assert (
        again.status_code == 200
        and not SECRET.search(again.content.decode())
        and EnterpriseLink.objects.count() == 1
    )
    assert not SECRET.search(client.get(detail).content.decode())


def test_only_the_hash_is_kept_and_the_act_is_recorded(cast):
    link, secret = confirm_link(cast, followed_up(cast))
    # 27 characters of 6 bits: 160 and more.
    assert len(secret) >= 27 and link.digest == digest_of(secret)
    assert secret not in everything_written()
    assert (
        AuditEvent.objects.filter(
            verb="link.issue", actor=cast.li, object_uid=str(link.uid)
        ).count()
        == 1
    )
    assert OutboxEvent.objects.filter(verb="link.issue", object_uid=link.uid).count() == 1


def test_logs_tell_no_secret(cast, client, monkeypatch):
    _link, secret = confirm_link(cast, followed_up(cast))
    handler = next(
        h
        for h in logging.getLogger().handlers
        if any(type(f).__name__ == "SecretFilter" for f in h.filters)
    )
    stream, client.handler.enforce_csrf_checks = StringIO(), True
    monkeypatch.setattr(handler, "stream", stream)
    # Without a CSRF token.
    assert client.post(f"/e/{secret}", {"answer": "dispute"}).status_code == 403
    assert client.get(f"/e/{secret}x").status_code == 404
    logging.getLogger("crm").warning("GET %s?x=1", f"/e/{secret}")
    assert secret not in stream.getvalue() and stream.getvalue().count("/e/…") >= 3


def test_a_contact_gets_a_link_to_report_from_the_enterprises_page(cast, as_user):
    client, address = as_user(cast.li), reverse("enterprise_link", args=[cast.semir.uid])
    assert (
        address in client.get(reverse("enterprise_detail", args=[cast.semir.uid])).content.decode()
    )
    assert issue(client, address).status_code == 422
    page = issue(client, address, contact=str(cast.contact.uid))
    link = link_behind(SECRET.search(page.content.decode())[1])
    assert (link.purpose, link.enterprise, link.contact) == ("report", cast.semir, cast.contact)
    panel = client.get(reverse("enterprise_links", args=[cast.semir.uid])).content.decode()
    assert (
        "林**" in panel
        and "林小红" not in panel
        and reverse("link_revoke", args=[link.uid]) in panel
    )


@pytest.mark.parametrize(
    "person, allowed",
    [
        ("li", True),
        ("head", True),
        ("county_manager", True),
        ("city_manager", True),
        ("zhang", True),
        ("sun", False),
        ("wu", False),
        ("he", False),
        ("other_manager", False),
        ("system_admin", False),
        ("audit_admin", False),
    ],
)
def test_those_who_follow_up_may_issue(cast, as_user, person, allowed):
    problem, user = followed_up(cast), getattr(cast, person)
    client = as_user(user)
    for name, row in (("problem_link", problem), ("enterprise_link", cast.semir)):
        assert (client.get(reverse(name, args=[row.uid])).status_code == 200) == allowed, name
    for issue_one in (
        lambda: confirm_link(cast, problem, by=user),
        lambda: report_link(cast, by=user),
    ):
        if allowed:
            assert issue_one()[1]
        else:
            with pytest.raises((NotAllowed, Missing)):
                issue_one()


def test_only_what_was_answered_is_asked_about(cast, as_user):
    problem = registered(cast)
    with pytest.raises(Conflict):
        confirm_link(cast, problem)
    assert as_user(cast.li).get(reverse("problem_link", args=[problem.uid])).status_code == 409


def test_a_contact_of_another_enterprise_or_one_who_left_gets_none(cast):
    other = Contact(enterprise=cast.hotel, name="王一")
    other.full_clean()
    other.save()
    gone = Contact(enterprise=cast.semir, name="王二", left_on=cast.today)
    gone.full_clean()
    gone.save()
    for contact in (other, gone, None):
        with pytest.raises(Invalid):
            link_issue(
                uid=uuid.uuid4(), payload={}, by=cast.li, enterprise=cast.semir, contact=contact
            )


def test_a_new_link_ends_the_one_before(cast):
    problem = followed_up(cast)
    for issue_one in (lambda: confirm_link(cast, problem), lambda: report_link(cast)):
        _first, old = issue_one()
        _second, new = issue_one()
        assert link_behind(old) is None and link_behind(new) is not None
    assert AuditEvent.objects.filter(verb="link.revoke").count() == 2


def test_a_revoked_link_opens_nothing(cast, as_user, client):
    problem = followed_up(cast)
    link, secret = confirm_link(cast, problem)
    address = reverse("link_revoke", args=[link.uid])
    assert (
        as_user(cast.sun).post(address).status_code == 404
        and as_user(cast.audit_admin).post(address).status_code == 403
    )
    page = (
        as_user(cast.zhang).get(reverse("problem_proof_panel", args=[problem.uid])).content.decode()
    )
    assert address in page and "小李" in page
    assert as_user(cast.zhang).post(address).status_code == 302
    assert client.get(f"/e/{secret}").status_code == 404
    assert AuditEvent.objects.filter(verb="link.revoke", actor=cast.zhang).count() == 1
    with pytest.raises(Conflict):
        link_revoke(link=EnterpriseLink.objects.get(), by=cast.li)


def test_a_helping_unit_sees_the_link_and_may_not_revoke_it(cast, as_user):
    problem = followed_up(cast)
    problem.tasks.create(unit=cast.nanmen, due_at=problem.due_at)
    link, _secret = confirm_link(cast, problem)
    page = as_user(cast.sun).get(reverse("problem_proof_panel", args=[problem.uid]))
    assert (
        page.status_code == 200
        and reverse("link_revoke", args=[link.uid]) not in page.content.decode()
    )
    assert as_user(cast.sun).post(reverse("link_revoke", args=[link.uid])).status_code == 403
