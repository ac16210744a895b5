"""The PDF summaries that were made, and the visits each was made from."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.models import Job, Role
from crm.text.fields import NameField
from visits.models.visits import Visit

#: Letters and digits that nobody takes for one another (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 4, 5  # 100 bits


def number_for(job_uid) -> str:
    """The verification number of a job's document: four groups of five characters that only this
    service can tell.

    It follows from the job, so that a second run after a kill prints the same number.
    """
    digest = int.from_bytes(
        salted_hmac("visits.summary", str(job_uid), algorithm="sha256").digest()
    )
    characters = [ALPHABET[digest >> (5 * position) & 31] for position in range(GROUPS * GROUP)]
    return "-".join(
        "".join(characters[start : start + GROUP]) for start in range(0, len(characters), GROUP)
    )


def tidy_number(text) -> Any:
    """A number as a person typed it, in the form it is kept in: capitals, groups, O and I read as 0
    and 1.
    """
    plain = "".join(c for c in text.upper().translate(str.maketrans("OIL", "011")) if c in ALPHABET)
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))[:30]


class Summary(models.Model):
    """One PDF file, written down when it is put in its place.

    ``content`` is the hash of what a single visit's summary says; the same content is not made
    twice.
    """

    number = models.CharField(_("verification number"), max_length=30, unique=True)
    job = models.OneToOneField(Job, models.CASCADE, related_name="summary")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("ordered by")
    )
    title = NameField(_("title"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    content = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField(_("made at"))

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS}
    personal = True

    class Meta:
        verbose_name = _("visit summary")
        verbose_name_plural = _("visit summaries")

    def __str__(self) -> Any:
        return self.number

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A summary is for the person who ordered it."""
        return Q(owner__in=scope.own)


class SummaryVisit(models.Model):
    """A visit in a summary, and the version of its facts that the summary shows."""

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="visits")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="summaries")
    facts_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["summary", "visit"], name="summaryvisit_once")
        ]

    def __str__(self) -> str:
        return f"{self.summary} {self.visit_id}"
