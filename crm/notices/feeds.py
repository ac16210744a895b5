"""Calendar feeds: a person's days and deadlines under a secret address, which a calendar program
reads without login.

Apps add what stands in it (``sources``); each source asks what the person may see at the moment.
"""

import datetime
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.errors import NotAllowed
from crm.hooks import Hook
from crm.models import CalendarFeed
from crm.notices.ics import calendar_file
from crm.org.access import require_open
from crm.writing.audit import audit

#: Days that are past and still shown.
PAST_DAYS = 30
#: Events of one source in one feed.
MOST_EVENTS = 500
HOUR = datetime.timedelta(hours=1)

#: ``source(user, first, most)`` yields up to ``most`` crm.notices.ics.Event from the day ``first`` on.
sources = Hook(
    "calendar_sources", "What a person's calendar feed shows: source(user, first, most)."
)


def digest_of(secret) -> str:
    """What is kept of a secret; it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def feed_renew(*, by) -> str:
    """A new secret for the calendar of ``by``, from now on the only one.

    Returned this once, and never shown again.
    """
    if not role_may(by, "create", CalendarFeed):
        raise NotAllowed()
    secret, now = secrets.token_urlsafe(32), timezone.now()
    with transaction.atomic():
        require_open(by)
        feed, _created = CalendarFeed.objects.update_or_create(
            owner=by,
            defaults={"digest": digest_of(secret), "created_at": now, "last_used_at": None},
        )
        audit("feed.renew", by=by, target=feed)
    return secret


def feed_revoke(*, by) -> None:
    """Let the address of ``by`` open nothing from this moment on.

    Revoked again, it changes nothing.
    """
    with transaction.atomic():
        feed = CalendarFeed.objects.visible_to(by, "change").first()
        if feed is not None:
            audit("feed.revoke", by=by, target=feed)
            feed.delete()


def feed_of(secret) -> CalendarFeed | None:
    """The feed that a secret opens, with its owner.

    None for an unknown or revoked one, and for an account that is not in use.
    """
    feeds = CalendarFeed.objects.select_related("owner__unit").filter(digest=digest_of(secret))
    feed = feeds.filter(owner__is_active=True, owner__password_changed_at__isnull=False).first()
    if feed is None or not role_may(feed.owner, "view", CalendarFeed):
        return None
    now = timezone.now()
    if feed.last_used_at is None or now - feed.last_used_at >= HOUR:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now)
    return feed


def feed_file(user) -> bytes:
    """The calendar file of ``user``: what may be seen now, from PAST_DAYS ago on."""
    first = timezone.localdate() - datetime.timedelta(days=PAST_DAYS)
    events = [event for source in sources for event in source(user, first, MOST_EVENTS)]
    return calendar_file(_("Police–enterprise liaison"), events)
