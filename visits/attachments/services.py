"""Files and photos of problems: kept while a form is open, taken with it, and removed when nobody
takes them.

The request looks at a file's name, size and first bytes alone and reads it in pieces; a worker
looks into it (visits.attachments.work). Pictures are written anew as a visit's photos are;
documents are of a few kinds, known by what is in them, and are only ever handed out to be saved.
"""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import midnight
from crm.errors import Conflict, Invalid
from crm.jobs.queue import order_job
from crm.writing.audit import audit
from visits.attachments.documents import harmless_name, require_kind, require_size
from visits.attachments.photos import WAITING_DAYS
from visits.attachments.storage import QUARANTINE, digest_of, head_of, hold, let_go, sweep_strays
from visits.models import Attachment, Photo

#: The kind of job that checks a file.
CHECK = "check_file"
MOST_AT_ONCE, MOST_FILES = 10, 60  # of one form, of one problem
FOLDER = "attachments"


def attachment_keep(*, form_uid, upload, by=None, link=None):
    """Keep an uploaded file for the form that ``by``, or whoever holds ``link``, is about to send.

    Returns the Attachment.

    ``upload`` is Django's UploadedFile. The same file for the same form is kept once; a worker
    checks it next. Invalid with a sentence for what is empty, too large, of a kind that is not
    taken, not what it says it is at sight, or one too many.
    """
    name = harmless_name(upload.name)
    require_size(upload, name)
    media_type = require_kind(head_of(upload), name)
    sender = f"user {by.pk}" if by else f"link {link.pk}"
    uid = uuid.uuid5(form_uid, f"{sender} {digest_of(upload)}")
    earlier = Attachment.objects.filter(uid=uid).first()
    if earlier is not None and not earlier.may_try_again:
        return earlier
    _require_room(form_uid, by, link)
    values = {
        "owner": by,
        "link": link,
        "form_uid": form_uid,
        "name": name,
        "media_type": media_type,
        "size": upload.size,
        "original": hold(upload),
    }
    try:
        with transaction.atomic():
            if earlier is not None:
                earlier.delete()
            attachment, created = Attachment.objects.get_or_create(uid=uid, defaults=values)
            if created:
                # A job is somebody's. Through the door there is nobody: it is of who issued the
                # link, and in no list of theirs.
                order_job(
                    CHECK,
                    by=by or link.created_by,
                    title=_("Checking a file"),
                    params={"file": attachment.pk},
                )
    except BaseException:
        let_go(values["original"])
        raise
    attachment.is_new = created
    if not created:
        let_go(values["original"])
    return attachment


def _require_room(form_uid, by, link):
    """Invalid when the form has as many files as one takes, or the link sent as many today as one
    may.
    """
    if (
        files_waiting(form_uid=form_uid, by=by, link=link)
        .exclude(state=Attachment.State.REFUSED)
        .count()
        >= MOST_AT_ONCE
    ):
        raise Invalid(_("At most %(count)d files are taken at once.") % {"count": MOST_AT_ONCE})
    if link is None:
        return
    today = Attachment.objects.filter(
        link=link, created_at__gte=midnight(timezone.localdate())
    ).count()
    if today >= settings.LINK_FILES_A_DAY:
        raise Invalid(
            _(
                "So many files came through this link today that no more are taken. Please call your officer."
            )
        )


def files_waiting(*, form_uid, by=None, link=None):
    """The files that ``by``, or whoever holds ``link``, has sent for a form that is not taken yet."""
    return Attachment.objects.filter(form_uid=form_uid, owner=by, link=link, problem__isnull=True)


def files_for_enterprise():
    """The files that enterprises may see, of all problems: what they sent themselves and what was
    chosen for them.
    """
    return Attachment.objects.filter(for_enterprise=True, problem__isnull=False).order_by("pk")


def files_take(*, form_uid, problem, step=None, by=None, link=None, shown=()):
    """Let the files that wait for a form be the problem's, with one step of its way or (None) with
    its report.

    Call in the transaction that takes the form. ``shown`` are the uids (texts) of those that the
    enterprise may see; what came through its own door it may see anyway. Returns how many there
    were.
    """
    waiting = {
        str(uid): pk
        for uid, pk in files_waiting(form_uid=form_uid, by=by, link=link).values_list("uid", "pk")
    }
    if not waiting:
        return 0
    if Attachment.objects.filter(problem=problem).count() + len(waiting) > MOST_FILES:
        raise Invalid(_("A problem takes at most %(count)d files.") % {"count": MOST_FILES})
    rows = Attachment.objects.filter(pk__in=waiting.values(), problem__isnull=True)
    taken = rows.update(problem=problem, step=step, for_enterprise=link is not None)
    chosen = [pk for uid, pk in waiting.items() if uid in shown]
    if chosen:
        Attachment.objects.filter(pk__in=chosen, problem=problem).update(for_enterprise=True)
    return taken


def attachment_drop(*, attachment, by=None):
    """Take back a file of a form that is not taken yet, or one of a problem that was refused
    (``by``: None at the door).
    """
    states = (Attachment.State.CHECKING, Attachment.State.READY)
    dropped = Attachment.objects.filter(pk=attachment.pk).exclude(
        problem__isnull=False, state__in=states
    )
    with transaction.atomic():
        if not dropped.delete()[0]:
            raise Conflict(_("This file belongs to a problem already and stays with it."))
        if attachment.problem_id:
            audit("attachment.delete", by=by, target=attachment, file=attachment.name)
    _remove(attachment)


def _remove(row):
    let_go(row.original, row.file, row.thumbnail)


def sweep_attachments():
    """Remove the files that no form took in time, and those on the disk that no row names since a
    day; returns how many went.
    """
    ended, removed = timezone.now() - datetime.timedelta(days=WAITING_DAYS), 0
    for row in Attachment.objects.filter(problem__isnull=True, created_at__lt=ended):
        if Attachment.objects.filter(pk=row.pk, problem__isnull=True).delete()[0]:
            _remove(row)
            removed += 1
    return removed + sweep_strays(FOLDER, (Attachment, ("file", "thumbnail")))


def sweep_quarantine():
    """Remove the originals that are not being checked any more, where a killed process left them.

    Returns how many went.
    """
    return sweep_strays(QUARANTINE, (Photo, ("original",)), (Attachment, ("original",)))
