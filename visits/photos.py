"""Photos of a visit: what a person uploads is decoded, capped and written anew, so that nothing hidden in it stays.

A telephone's picture tells where it was taken (EXIF), a crafted one may carry a script or unpack to gigabytes: only the
pixels survive, as JPEG, under a random name below MEDIA_ROOT that no address serves directly.
"""

import datetime
import hashlib
import io
import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from crm.errors import Conflict, Invalid, Missing
from crm.scope import may
from visits.models import Photo, Visit, VisitDraft

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_PIXELS = 64_000_000
LONGEST_SIDE, PRINT_SIDE, THUMBNAIL_SIDE = 2000, 900, 320  # pixels
MOST_PHOTOS = 12  # of one visit
WAITING_DAYS = 7  # that a picture waits for its visit


def photo_keep(*, visit_uid, upload, by, visit=None):
    """Keep an uploaded picture for the visit that ``by`` is about to record; the same picture again is the same photo.

    ``upload`` is a file object with ``size`` and ``name``; ``visit`` is given when it is recorded already (through
    visit_add_photo, which asks whether ``by`` may). Raises Missing for somebody else's visit, Invalid with a sentence for
    what is not a picture, is too large, or one too many.
    """
    if upload.size > LARGEST_FILE:
        raise Invalid(_("“%(name)s” is larger than 20 MB. Choose a smaller picture.") % {"name": upload.name})
    raw = upload.read()
    uid = uuid.uuid5(visit_uid, hashlib.sha256(raw).hexdigest())
    earlier = Photo.objects.filter(uid=uid, owner=by).first()
    if earlier is not None:
        return earlier
    if visit is None:
        _require_free(visit_uid, by)
    if Photo.objects.filter(visit_uid=visit_uid).count() >= MOST_PHOTOS:
        raise Invalid(_("A visit takes at most %(count)d photos.") % {"count": MOST_PHOTOS})
    picture = decoded(raw, upload.name)
    path, print_copy, thumbnail = (written(picture, side) for side in (LONGEST_SIDE, PRINT_SIDE, THUMBNAIL_SIDE))
    width, height = fitted(picture.size, LONGEST_SIDE)
    photo, _created = Photo.objects.get_or_create(
        uid=uid,
        defaults={
            "owner": by, "visit_uid": visit_uid, "visit": visit, "file": path, "print_copy": print_copy, "thumbnail": thumbnail,
            "width": width, "height": height,
            "sha256": hashlib.sha256((Path(settings.MEDIA_ROOT) / path).read_bytes()).hexdigest(),
        },
    )  # fmt: skip
    return photo


def _require_free(visit_uid, by):
    """Conflict when the visit is recorded already, Missing when it is, or is being typed as, somebody else's."""
    recorded = Visit.objects.filter(uid=visit_uid).first()
    if recorded is not None and may(by, "change", recorded):
        raise Conflict(_("This visit has already been recorded; add the picture on its page."))
    if recorded is not None or Photo.objects.filter(visit_uid=visit_uid).exclude(owner=by).exists():
        raise Missing()


def photo_drop(*, photo):
    """Take back a photo of a visit that is not recorded yet."""
    if photo.visit_id:
        raise Conflict(_("This photo belongs to a recorded visit."))
    photo.delete()
    _remove(photo)


def _remove(photo):
    for name in filter(None, (photo.file, photo.print_copy, photo.thumbnail)):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def sweep_photos():
    """Remove the pictures that were sent and whose visit nobody has recorded or is still typing; returns how many went."""
    ended, removed = timezone.now() - datetime.timedelta(days=WAITING_DAYS), 0
    waiting = Photo.objects.filter(visit__isnull=True, created_at__lt=ended)
    for photo in waiting.exclude(visit_uid__in=VisitDraft.objects.values("uid")):
        if Photo.objects.filter(pk=photo.pk, visit__isnull=True).delete()[0]:
            _remove(photo)
            removed += 1
    return removed


def decoded(raw, name):
    """The picture in ``raw`` turned upright, without anything but its pixels; Invalid when it is none."""
    refused = Invalid(_("“%(name)s” is not a picture that can be read. Use JPEG, PNG or WebP.") % {"name": name})
    try:
        picture = Image.open(io.BytesIO(raw), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Invalid(
                _("“%(name)s” has %(count)d megapixels; at most 64 are taken. Make it smaller.")
                % {"name": name, "count": picture.width * picture.height // 1_000_000}
            )
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise refused from error
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture.convert("RGBA"), mask=picture.convert("RGBA").getchannel("A"))
    return flat


def fitted(size, side):
    """The size that a picture of ``size`` has when its longer side is at most ``side``."""
    scale = min(1, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def as_jpeg(picture, side):
    """The bytes of ``picture`` as JPEG, with its longer side at most ``side``."""
    file = io.BytesIO()
    copy = picture.resize(fitted(picture.size, side), Image.Resampling.LANCZOS)
    copy.save(file, "JPEG", quality=84, optimize=True, progressive=True)
    return file.getvalue()


def written(picture, side):
    """Write ``picture`` with its longer side at most ``side`` and return its path below MEDIA_ROOT."""
    return put_away(as_jpeg(picture, side), "photos", ".jpg")


def put_away(content, folder, ending=""):
    """Write ``content`` (bytes) under a random name in ``folder`` and return its path below MEDIA_ROOT."""
    name = f"{folder}/{secrets.token_hex(1)}/{secrets.token_urlsafe(18)}{ending}"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
    return name
