"""Access that ends for good: sessions, API tokens and the calendar address of an account.

An account counts in ``access_epoch`` how often its access was ended. A session and a token carry
the number that they were made under and are compared with the account's own in the one statement
that each request asks anyway, so that nothing given out before is good again, whatever is done to
the account later. What other apps give out (tokens) they end as well, through ``access_ended``.
"""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crm.errors import Conflict
from crm.hooks import Hook
from crm.models import CalendarFeed, User
from crm.writing.audit import audit

access_ended = Hook(
    "access_ended",
    "Called with user=…, reason=…, by=… in the transaction that ends an account's access.",
)


class AccessEnded(Conflict):
    """The account's access was ended while this request ran."""

    sentence = _("This account was changed just now. Log in again.")


def access_end(user, reason, by, **changes) -> None:
    """Write ``changes`` to the account and end all access that was given before.

    ``reason`` is the act's verb.

    Call inside a transaction. The account's row is written first: whoever is giving out access at
    the same moment (``require_open``) is either done, and what was given is ended here, or waits
    and is refused.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "access_end() belongs in the transaction of the change that ends the access"
        )
    User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1, **changes)
    changes["access_epoch"] = User.objects.values_list("access_epoch", flat=True).get(pk=user.pk)
    for name, value in changes.items():
        setattr(user, name, value)
    feed = CalendarFeed.objects.filter(owner=user).first()
    if feed is not None:
        audit("feed.revoke", by=by, target=feed, reason=reason)
        feed.delete()
    for end in access_ended:
        end(user=user, reason=reason, by=by)


def require_open(user) -> None:
    """Hold the account as it was read by this request until the transaction ends.

    AccessEnded when it is not so any more.

    Asked by whatever gives out access that outlives the request.
    """
    held = User.objects.select_for_update().filter(
        pk=user.pk, access_epoch=user.access_epoch, is_active=True
    )
    if not held.order_by().values_list("pk", flat=True).first():
        raise AccessEnded()
