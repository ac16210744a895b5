"""Whether a PDF is genuine: three answers, and nothing else is told."""

import hashlib
import re
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from visits.models import Summary, SummaryVisit
from visits.models.summaries import tidy_number

CURRENT, SUPERSEDED, UNKNOWN = "current", "superseded", "unknown"


@dataclass(frozen=True)
class Verdict:
    """``state`` is current, superseded or unknown.

    ``other``: the file is genuine, but not the one of that number.
    """

    state: str
    other: bool = False


def changed_visits() -> QuerySet[SummaryVisit]:
    """The visits in summaries that were changed since the summary was made, or withdrawn (which is
    a change).
    """
    return SummaryVisit.objects.filter(visit__facts_version__gt=F("facts_version"))


def verdict(*, number=None, sha256=None) -> Verdict:
    """What is to be said of a number, of a file's hash, or of both: then of the file, and whether
    it is that number's.

    One statement, whatever is asked; what cannot be a number or a hash is asked like any other.
    """
    number = tidy_number(number) if number is not None else None
    if sha256 is not None and not re.fullmatch("[0-9a-f]{64}", sha256):
        sha256 = "none"
    changed = changed_visits().filter(summary=OuterRef("pk"))
    asked = Q(number=number) if sha256 is None else Q(sha256=sha256)
    found = Summary.objects.filter(asked).values_list("number", Exists(changed)).first()
    if found is None:
        return Verdict(UNKNOWN)
    return Verdict(
        SUPERSEDED if found[1] else CURRENT, other=number is not None and found[0] != number
    )


def hash_of(upload) -> str:
    """The SHA-256 (hex) of an uploaded file, read in pieces and kept nowhere."""
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    return digest.hexdigest()
