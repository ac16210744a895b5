"""Links for enterprises are issued and revoked.

Visits.portal.services has what is done through them.
"""

import datetime
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Conflict, Invalid, NotAllowed
from crm.models.targets import column_for
from crm.writing.audit import record
from crm.writing.rows import create_once, require_in_scope, validate
from visits.models import EnterpriseLink
from visits.models.links import TARGETS, Purpose, digest_of
from visits.problems.workflow import WAITING, follower

#: Random bytes of a secret: 192 bits, 32 characters of an address.
SECRET_BYTES = 24


def link_obstacle(*, by, problem=None, enterprise=None) -> Conflict | NotAllowed | None:
    """The refusal that keeps ``by`` from issuing a link now, or None: for one problem to confirm,
    or to report for an enterprise.

    Who follows a problem up hands out its link; for reports, who serves the enterprise today or
    manages its unit.
    """
    if problem is not None:
        if problem.state not in WAITING:
            return Conflict(
                _("Only what has been answered and approved can be confirmed by the enterprise.")
            )
        allowed = follower(by, problem)
    else:
        allowed = may(by, "change", enterprise)
    if not allowed:
        return NotAllowed(_("This link is issued by those who follow up with the enterprise."))
    if by.unit is None or not hasattr(by, "officer"):
        return NotAllowed(
            _(
                "Only an officer with a unit can issue a link. Ask the system administrator to enter you as one."
            )
        )
    return None


def link_issue(*, uid, payload, by, problem=None, enterprise=None, contact=None) -> tuple[Any, str]:
    """Issue a link: to confirm ``problem``, or for ``contact`` to report problems of
    ``enterprise``.

    Returns ``(link, secret)``; the secret is told here and never again: it is empty when the same
    form was sent before. An earlier link for the same is revoked, so that a lost one is worth
    nothing.
    """
    row = EnterpriseLink(
        purpose=Purpose.CONFIRM if problem else Purpose.REPORT,
        problem=problem,
        contact=contact,
        enterprise=problem.enterprise if problem else enterprise,
    )
    require_in_scope(row.enterprise if problem is None else problem, by)
    if (refusal := link_obstacle(by=by, problem=problem, enterprise=enterprise)) is not None:
        raise refusal
    if contact is None and problem is None:
        raise Invalid(errors={"contact": [_("Choose the person whom the link is handed to.")]})
    if contact is not None and (
        contact.enterprise_id != row.enterprise.pk or contact.left_on is not None
    ):
        raise Invalid(errors={"contact": [_("This person does not work at the enterprise.")]})
    secret = secrets.token_urlsafe(SECRET_BYTES)
    days = settings.CONFIRM_LINK_DAYS if problem else settings.REPORT_LINK_DAYS

    def make(**identity) -> EnterpriseLink:
        for name, value in identity.items():
            setattr(row, name, value)
        row.unit, row.digest, row.expires_at = (
            by.unit,
            digest_of(secret),
            timezone.now() + datetime.timedelta(days=days),
        )
        for earlier in _for_the_same(row):
            _revoke(earlier, by)
        validate(row)
        row.save()
        return row

    link, created = create_once(
        EnterpriseLink, uid=uid, payload=payload, by=by, make=make, verb="link.issue"
    )
    return link, secret if created else ""


def _for_the_same(row: EnterpriseLink) -> QuerySet[EnterpriseLink]:
    """The links that a new one replaces: of its target, or of its contact."""
    target = row.target
    of = (
        {column_for(EnterpriseLink, TARGETS, target): target}
        if target
        else {"contact": row.contact}
    )
    unused = EnterpriseLink.objects.filter(
        purpose=row.purpose, revoked_at__isnull=True, expires_at__gt=timezone.now(), **of
    )
    return unused.filter(used_at__isnull=True) if target else unused


def may_revoke(*, link, by) -> Any:
    """Whether ``by`` may end this link now: whoever issued it, and whoever might."""
    if not link.is_open:
        return False
    if link.created_by_id == by.pk:
        return True
    return follower(by, link.problem) if link.problem else may(by, "change", link.enterprise)


def link_revoke(*, link, by) -> Any:
    """Let a link open nothing any more, from this moment. Revoked or used already, Conflict."""
    require_in_scope(link, by)
    if not link.is_open:
        raise Conflict(_("This link does not hold any more."))
    if not may_revoke(link=link, by=by):
        raise NotAllowed(_("This link is revoked by those who follow up with the enterprise."))
    with transaction.atomic():
        if not _revoke(link, by):
            raise Conflict()
    return link


def _revoke(link, by) -> bool:
    """Write the end of a link that has none yet; whether this was it."""
    now = timezone.now()
    holding = EnterpriseLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
    if not holding.update(revoked_at=now, updated_at=now, version=F("version") + 1):
        return False
    link.revoked_at, link.version = now, link.version + 1
    record("link.revoke", by=by, target=link)
    return True
