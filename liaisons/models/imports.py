"""Imports of enterprises: the file that came, what each of its rows would do, and what it did."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.media import MediaPathField
from crm.models import Job, Noun, Unit
from crm.text.fields import NameField
from liaisons.models.enterprises import Enterprise

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager  # of the stubs alone


class Batch(Noun):
    """One file whose rows are looked at before they are written, all or none.

    ``created_by`` imported it.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        PREVIEWED = "previewed", _("Previewed")
        COMMITTED = "committed", _("Imported")
        UNDONE = "undone", _("Taken back")

    rows: "RelatedManager[BatchRow]"  # of the model of its own rows
    file = MediaPathField(max_length=200)  # kept, so that a wrong mapping needs no new upload
    file_name = NameField(_("file"), max_length=200)
    heading_row = models.PositiveIntegerField(default=0)  # counted from 0 within the sheet
    columns = models.JSONField(default=dict)  # field → column, counted from 0
    left_out = models.JSONField(default=list)  # headings of the columns that are not read
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    counts = models.JSONField(default=dict)  # outcome → rows
    committed_at = models.DateTimeField(_("imported at"), null=True)
    # The last work that was ordered for it.
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> Any:
        return self.file_name

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """An import is for the person who made it."""
        return Q(created_by__in=scope.own)

    @property
    def is_at_work(self) -> Any:
        """Whether a worker has something to do for it."""
        return self.job is not None and self.job.is_undone

    @property
    def failure(self) -> Any:
        """Why the last work was not done, as a sentence; empty when it was, or is still at work."""
        return (
            self.job.message if self.job is not None and self.job.state == Job.State.FAILED else ""
        )

    @property
    def state_shown(self) -> Any:
        """The state in words, with what is being done and what could not be done."""
        if self.is_at_work:
            return _("At work")
        return (
            _("Could not be read")
            if self.state == self.State.UPLOADED and self.failure
            else self.get_state_display()
        )


class ImportBatch(Batch):
    """One file of enterprises.

    Who is responsible for these is another matter than who imported it.
    """

    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible unit where the file names none"),
    )

    roles_for = {
        "view": Enterprise.roles_for["import"],
        "create": Enterprise.roles_for["import"],
        "change": Enterprise.roles_for["import"],
    }

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")


class BatchRow(models.Model):
    """One row of a file: what it holds and what it would do."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("Same")
        REFUSED = "refused", _("Refused")
        UNDECIDED = "undecided", _("To be decided")
        LEFT_OUT = "left_out", _("Left out")

    number = models.PositiveIntegerField(_("row"))  # as the spreadsheet counts, from 1
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    name = NameField(_("name"), max_length=200, default="", blank=True)
    values = models.JSONField(default=dict)  # field → value as it would be written
    reason = models.CharField(_("reason"), max_length=300, default="", blank=True)
    cell = models.CharField(_("cell"), max_length=10, default="", blank=True)
    notes = models.CharField(_("mended"), max_length=300, default="", blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number} {self.outcome}"


class ImportRow(BatchRow):
    """One row of a file of enterprises, and which enterprise it speaks of."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    before = models.JSONField(default=dict)  # field → value that a change replaces
    enterprise_uid = models.UUIDField(null=True)
    # That the preview compared with; 0 for a new one.
    enterprise_version = models.PositiveIntegerField(default=0)
    candidates = models.JSONField(default=list)  # [uid, name, likeness] of enterprises it may be

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_number_once")
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="importrow_outcome")]
