"""What is done with a token: it is issued, and it is revoked."""

import datetime
import secrets

from django.db import transaction
from django.utils import timezone

from api.models import ApiToken, digest_of
from crm.models import User
from crm.org.access import access_ended, require_open
from crm.writing.audit import audit

MARK = "crm_"  # by which a token that lies about in a file is recognised
SHOWN = 10  # characters of a token that stay readable
LONGEST_DAYS = 365


def token_issue(*, name: str, days: int, by: User) -> tuple[ApiToken, str]:
    """A new token of ``by`` that holds for ``days``: ``(row, token)``; it is never shown again."""
    token = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        require_open(by)
        row = ApiToken.objects.create(
            owner=by,
            epoch=by.access_epoch,
            name=name,
            prefix=token[:SHOWN],
            digest=digest_of(token),
            expires_at=timezone.now() + datetime.timedelta(days=days),
        )
        audit("token.issue", by=by, target=row, name=name, days=days)
    return row, token


def token_revoke(*, token: ApiToken, by: User) -> None:
    """Let a token hold no more, from this moment; revoked again, it changes nothing."""
    with transaction.atomic():
        revoked = ApiToken.objects.visible_to(by, "change").filter(
            pk=token.pk, revoked_at__isnull=True
        )
        if revoked.update(revoked_at=timezone.now()):
            audit("token.revoke", by=by, target=token, name=token.name)


@access_ended.add
def tokens_end(*, user: User, reason: str, by: User | None) -> None:
    """Revoke every token of ``user`` that is left: the account's access has ended (crm.org.access)."""
    for token in ApiToken.objects.filter(owner=user, revoked_at__isnull=True):
        audit("token.revoke", by=by, target=token, name=token.name, reason=reason)
    ApiToken.objects.filter(owner=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
