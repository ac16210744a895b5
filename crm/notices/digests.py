"""One mail a day for each person who has something unread: what the bell shows, in plain text.

A mail is claimed first and sent then. The claim (the person's day, and the notices) is one
transaction of conditional UPDATEs, so that of two runs side by side one sends. A run that is killed
between claim and sending leaves its mail unsent, and what it would have said stays unread under the
bell: a mail too few is better than the same mail again and again from a task that is repeated.
Where the mail server refuses, the claim is given back and a later run tries again.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import Notice, User
from crm.notices.services import kind_of, notices_of

log = logging.getLogger(__name__)

#: Notices that one mail lists (it says how many more there are), and that it answers for at most.
LISTED, MOST = 50, 1000


def send_digests() -> int:
    """Send today's mails that are not sent yet, from settings.DIGEST_HOUR on.

    Returns how many went out.
    """
    now = timezone.localtime()
    if now.hour < settings.DIGEST_HOUR:
        return 0
    waiting = Notice.objects.filter(read_at__isnull=True, mailed_at__isnull=True).values("owner")
    people = User.objects.filter(_not_mailed(now.date()), pk__in=waiting).select_related("unit")
    sent = 0
    for user in people.order_by("pk"):
        notices = _claim(user, now)
        if notices and _send(user, notices, now):
            sent += 1
    return sent


def _not_mailed(day) -> Q:
    return (Q(digest_on__isnull=True) | Q(digest_on__lt=day)) & Q(is_active=True) & ~Q(email="")


def _claim(user, now) -> list:
    """The notices of the person's mail of this day, claimed; none where there is none to send or
    another run has it.
    """
    with transaction.atomic():
        free = User.objects.filter(_not_mailed(now.date()), pk=user.pk)
        if not free.update(digest_on=now.date()):
            return []
        unread = notices_of(user).filter(read_at__isnull=True, mailed_at__isnull=True)
        notices = list(unread.order_by("-at", "-pk")[:MOST])
        if not notices:  # all of it is about what this person sees no more: the day stays free
            transaction.set_rollback(True)
            return []
        chosen = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
        chosen.filter(mailed_at__isnull=True).update(mailed_at=now)
    return notices


def _send(user, notices, now) -> bool:
    """Whether the mail was handed to the mail server; if not, the claim is given back."""
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _mail(user, notices).send()
    except Exception:  # of whatever kind: nothing of it may keep the other people's mails
        log.exception("The digest for account %s was not sent; a later run tries again.", user.pk)
        with transaction.atomic():
            User.objects.filter(pk=user.pk, digest_on=now.date()).update(digest_on=user.digest_on)
            Notice.objects.filter(owner=user, mailed_at=now).update(mailed_at=None)
        return False
    return True


def _mail(user, notices) -> EmailMessage:
    base = settings.PUBLIC_BASE_URL
    lines = [
        {"label": kind_of(notice).label, "notice": notice, "url": base + notice.path}
        for notice in notices[:LISTED]
    ]
    context = {
        "user": user,
        "lines": lines,
        "count": len(notices),
        "more": len(notices) - len(lines),
        "base": base,
    }
    subject = _("Police–enterprise liaison: %(count)d unread notices") % {"count": len(notices)}
    return EmailMessage(subject, render_to_string("account/digest.txt", context), to=[user.email])
