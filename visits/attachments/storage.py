"""Where uploads lie below MEDIA_ROOT: as they came, in quarantine, and as they are kept.

No address serves any of it directly.
"""

import datetime
import hashlib
import secrets
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

QUARANTINE = "quarantine"
HEAD = 4096  # bytes
#: A file that no row names may be one that is just being written; after so long it is a stray.
STRAY_AFTER = datetime.timedelta(days=1)
#: Names that one statement asks for.
AT_ONCE = 500


def head_of(upload) -> Any:
    """The first bytes of an upload, as many as are looked at in the request."""
    return next(upload.chunks(HEAD))[:HEAD]


def digest_of(upload) -> str:
    """The SHA-256 (hex) of an upload, read in pieces."""
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    return digest.hexdigest()


def hold(upload) -> str:
    """Write an upload as it came to the quarantine, in pieces.

    Returns its path below MEDIA_ROOT.
    """
    name = new_name(QUARANTINE)
    try:
        with (Path(settings.MEDIA_ROOT) / name).open("xb") as file:
            for piece in upload.chunks():
                file.write(piece)
    except OSError:
        let_go(name)
        raise
    return name


def new_name(folder, ending="") -> str:
    """A random name for a new file in ``folder``, as a path below MEDIA_ROOT; its place is made."""
    name = f"{folder}/{secrets.token_hex(1)}/{secrets.token_urlsafe(18)}{ending}"
    (Path(settings.MEDIA_ROOT) / name).parent.mkdir(parents=True, exist_ok=True)
    return name


def let_go(*names) -> None:
    """Remove the files of these paths below MEDIA_ROOT, as far as they are there."""
    for name in filter(None, names):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def sweep_strays(folder, *owners) -> int:
    """Remove what lies in ``folder`` since a day and no row names: killed processes leave such
    files. Returns how many went.

    ``owners`` are pairs of a model and the columns of it that name files.
    """
    root, before, removed = Path(settings.MEDIA_ROOT), (timezone.now() - STRAY_AFTER).timestamp(), 0
    for place in (root / folder).glob("*/"):
        old = [
            path.relative_to(root).as_posix()
            for path in place.glob("*")
            if path.stat().st_mtime < before
        ]
        for start in range(0, len(old), AT_ONCE):
            strays = set(old[start : start + AT_ONCE]) - _named(
                old[start : start + AT_ONCE], owners
            )
            let_go(*strays)
            removed += len(strays)
    return removed


def _named(names, owners) -> set:
    """Which of ``names`` rows name."""
    found = set()
    for model, columns in owners:
        condition = reduce(or_, (Q(**{f"{column}__in": names}) for column in columns))
        for row in model.objects.filter(condition).values_list(*columns):
            found.update(row)
    return found
