"""Photos of a visit: kept while its form is open, checked and written anew by a worker
(visits.attachments.work), taken with the visit.

The request looks at a picture's name, size and first bytes alone and reads it in pieces: what
decodes pictures may ask for gigabytes, and runs elsewhere.
"""

import datetime
import uuid

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Conflict, Invalid, Missing
from crm.jobs.queue import order_job
from crm.models import User
from crm.writing.audit import audit
from visits.attachments.documents import harmless_name, require_picture, require_size
from visits.attachments.keeping import keep_once
from visits.attachments.storage import digest_of, head_of, let_go, sweep_strays
from visits.models import Photo, Visit, VisitDraft

#: The kind of job that checks a photo.
CHECK = "check_photo"
FOLDER = "photos"
MOST_PHOTOS = 12  # of one visit
WAITING_DAYS = 7  # that a picture waits for its visit


def photo_keep(
    *, visit_uid: uuid.UUID, upload: UploadedFile, by: User, visit: Visit | None = None
) -> Photo:
    """Keep an uploaded picture for the visit that ``by`` is about to record.

    The same picture again is the same photo.

    ``visit`` is given when it is recorded already (through visit_add_photo, which asks whether
    ``by`` may). Returns the Photo, which a worker checks next. Raises Missing for somebody else's
    visit, Invalid with a sentence for what is no picture at sight, is too large, or one too many.
    """
    name = harmless_name(upload.name)
    require_size(upload, name)
    require_picture(head_of(upload), name)
    uid = uuid.uuid5(visit_uid, digest_of(upload))
    earlier = Photo.objects.filter(uid=uid, owner=by).first()
    if earlier is not None and not earlier.may_try_again:
        return earlier
    if visit is None:
        _require_free(visit_uid, by)
    _require_room(visit_uid)
    return keep_once(
        Photo,
        upload,
        uid=uid,
        earlier=earlier,
        order=_order_check,
        owner=by,
        visit_uid=visit_uid,
        visit=visit,
        name=name,
    )


def _require_room(visit_uid: uuid.UUID) -> None:
    """Invalid where the visit has as many photos as one takes."""
    photos = Photo.objects.filter(visit_uid=visit_uid).exclude(state=Photo.State.REFUSED)
    if photos.count() >= MOST_PHOTOS:
        raise Invalid(_("A visit takes at most %(count)d photos.") % {"count": MOST_PHOTOS})


def _order_check(photo: Photo) -> None:
    order_job(CHECK, by=photo.owner, title=_("Checking a picture"), params={"photo": photo.pk})


def _require_free(visit_uid, by) -> None:
    """Conflict when the visit is recorded already, Missing when it is, or is being typed as,
    somebody else's.
    """
    recorded = Visit.objects.filter(uid=visit_uid).first()
    if recorded is not None and may(by, "change", recorded):
        raise Conflict(_("This visit has already been recorded; add the picture on its page."))
    if recorded is not None or Photo.objects.filter(visit_uid=visit_uid).exclude(owner=by).exists():
        raise Missing()


def photo_drop(*, photo, by) -> None:
    """Take back a photo of a visit that is not recorded yet, or one that was refused."""
    dropped = Photo.objects.filter(pk=photo.pk).exclude(
        visit__isnull=False, state__in=(Photo.State.CHECKING, Photo.State.READY)
    )
    with transaction.atomic():
        if not dropped.delete()[0]:
            raise Conflict(_("This photo belongs to a recorded visit."))
        if photo.visit_id:
            audit("photo.delete", by=by, target=photo, file=photo.name)
    _remove(photo)


def _remove(photo) -> None:
    let_go(photo.original, photo.file, photo.print_copy, photo.thumbnail)


def sweep_photos() -> int:
    """Remove the pictures that were sent and whose visit nobody has recorded or is still typing,
    and files that no photo names.

    Returns how many went.
    """
    ended, removed = timezone.now() - datetime.timedelta(days=WAITING_DAYS), 0
    waiting = Photo.objects.filter(visit__isnull=True, created_at__lt=ended)
    for photo in waiting.exclude(visit_uid__in=VisitDraft.objects.values("uid")):
        if Photo.objects.filter(pk=photo.pk, visit__isnull=True).delete()[0]:
            _remove(photo)
            removed += 1
    return removed + sweep_strays(FOLDER, (Photo, ("file", "print_copy", "thumbnail")))
