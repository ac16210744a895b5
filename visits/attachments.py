"""Files and photos of problems: kept while a form is open, taken with it, and removed when nobody takes them.

Pictures are decoded and written anew as a visit's photos are (visits.photos); documents are of a few kinds, known by what
is in them (visits.documents), and are only ever handed out to be saved.
"""

import datetime
import hashlib
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import midnight
from crm.errors import Conflict, Invalid
from visits.documents import PICTURES, document_type, ending_of, harmless_name
from visits.models import Attachment
from visits.photos import LONGEST_SIDE, THUMBNAIL_SIDE, WAITING_DAYS, as_jpeg, decoded, put_away

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_AT_ONCE, MOST_FILES = 10, 60  # of one form, of one problem
FOLDER = "attachments"


def attachment_keep(*, form_uid, upload, by=None, link=None):
    """Keep an uploaded file for the form that ``by``, or whoever holds ``link``, is about to send; returns the Attachment.

    ``upload`` is a file object with ``size`` and ``name``. The same file for the same form is kept once. Invalid with a
    sentence for what is empty, too large, of a kind that is not taken, not what it says it is, or one too many.
    """
    name = harmless_name(upload.name)
    if upload.size > LARGEST_FILE:
        raise Invalid(_("“%(name)s” is larger than 20 MB.") % {"name": name})
    raw = upload.read()
    if not raw:
        raise Invalid(_("“%(name)s” is empty.") % {"name": name})
    sender = f"user {by.pk}" if by else f"link {link.pk}"
    uid = uuid.uuid5(form_uid, f"{sender} {hashlib.sha256(raw).hexdigest()}")
    if (earlier := Attachment.objects.filter(uid=uid).first()) is not None:
        return earlier
    _require_room(form_uid, by, link)
    row = Attachment(uid=uid, owner=by, link=link, form_uid=form_uid, name=name)
    attachment, created = Attachment.objects.get_or_create(uid=uid, defaults=_put_away(row, raw))
    if not created:
        _remove(row)
    return attachment


def _require_room(form_uid, by, link):
    """Invalid when the form has as many files as one takes, or the link sent as many today as one may."""
    if files_waiting(form_uid=form_uid, by=by, link=link).count() >= MOST_AT_ONCE:
        raise Invalid(_("At most %(count)d files are taken at once.") % {"count": MOST_AT_ONCE})
    if link is None:
        return
    today = Attachment.objects.filter(link=link, created_at__gte=midnight(timezone.localdate())).count()
    if today >= settings.LINK_FILES_A_DAY:
        raise Invalid(_("So many files came through this link today that no more are taken. Please call your officer."))


def _put_away(row, raw):
    """Write the content of an unsaved row to the disk; returns the row's values."""
    if ending_of(row.name) in PICTURES:
        picture = decoded(raw, row.name)
        content, row.media_type = as_jpeg(picture, LONGEST_SIDE), "image/jpeg"
        row.name = f"{Path(row.name).stem}.jpg"
        row.thumbnail = put_away(as_jpeg(picture, THUMBNAIL_SIDE), FOLDER, ".jpg")
    else:
        content, row.media_type = raw, document_type(raw, row.name)
    row.file, row.size, row.sha256 = put_away(content, FOLDER), len(content), hashlib.sha256(content).hexdigest()
    names = ("owner", "link", "form_uid", "name", "media_type", "size", "file", "thumbnail", "sha256")
    return {name: getattr(row, name) for name in names}


def files_waiting(*, form_uid, by=None, link=None):
    """The files that ``by``, or whoever holds ``link``, has sent for a form that is not taken yet."""
    return Attachment.objects.filter(form_uid=form_uid, owner=by, link=link, problem__isnull=True)


def files_for_enterprise():
    """The files that enterprises may see, of all problems: what they sent themselves and what was chosen for them."""
    return Attachment.objects.filter(for_enterprise=True, problem__isnull=False).order_by("pk")


def files_take(*, form_uid, problem, step=None, by=None, link=None, shown=()):
    """Let the files that wait for a form be the problem's, with one step of its way or (None) with its report.

    Call in the transaction that takes the form. ``shown`` are the uids (texts) of those that the enterprise may see; what
    came through its own door it may see anyway. Returns how many there were.
    """
    waiting = {str(uid): pk for uid, pk in files_waiting(form_uid=form_uid, by=by, link=link).values_list("uid", "pk")}
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


def attachment_drop(*, attachment):
    """Take back a file of a form that is not taken yet."""
    if attachment.problem_id:
        raise Conflict(_("This file belongs to a problem already and stays with it."))
    attachment.delete()
    _remove(attachment)


def _remove(row):
    for name in filter(None, (row.file, row.thumbnail)):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def sweep_attachments():
    """Remove the files that no form took in time, and those on the disk that no row names since a day; returns how many went."""
    now, removed = timezone.now(), 0
    ended = now - datetime.timedelta(days=WAITING_DAYS)
    for row in Attachment.objects.filter(problem__isnull=True, created_at__lt=ended):
        if Attachment.objects.filter(pk=row.pk, problem__isnull=True).delete()[0]:
            _remove(row)
            removed += 1
    yesterday = (now - datetime.timedelta(days=1)).timestamp()
    for path in (Path(settings.MEDIA_ROOT) / FOLDER).glob("*/*"):
        name = path.relative_to(settings.MEDIA_ROOT).as_posix()
        if path.stat().st_mtime < yesterday and not (
            Attachment.objects.filter(file=name).exists() or Attachment.objects.filter(thumbnail=name).exists()
        ):
            path.unlink(missing_ok=True)
            removed += 1
    return removed
