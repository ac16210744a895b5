"""Whether a PDF is genuine: three answers, and nothing else is told."""

import hashlib

from django.db.models import Exists, F, OuterRef

from visits.models import Summary, SummaryVisit
from visits.models.summaries import tidy_number

CURRENT, SUPERSEDED, UNKNOWN = "current", "superseded", "unknown"


def verdict(*, number=None, sha256=None):
    """``current``, ``superseded`` or ``unknown`` for a number, a file's hash, or both (which must belong together).

    Superseded: a visit in it was changed since, or withdrawn. One statement, whatever is asked.
    """
    changed = SummaryVisit.objects.filter(summary=OuterRef("pk"), visit__facts_version__gt=F("facts_version"))
    found = Summary.objects.exclude(sha256="").annotate(changed=Exists(changed))
    if number is not None:
        found = found.filter(number=tidy_number(number)[:30])
    if sha256 is not None:
        found = found.filter(sha256=sha256)
    changed = found.values_list("changed", flat=True).first()
    return UNKNOWN if changed is None else SUPERSEDED if changed else CURRENT


def hash_of(upload):
    """The SHA-256 (hex) of an uploaded file, read in pieces and kept nowhere."""
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    return digest.hexdigest()
