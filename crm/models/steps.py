"""What the histories of all rows that travel by a table of steps (crm.workflow) have in common."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StepBase(models.Model):
    """One step of a row's way: who, when, from which unit, and why. Never changed.

    A subclass has a foreign key to the row, names its states as the choices of ``old_state`` and
    ``new_state``, and holds each position of a row once by a constraint of its own.
    """

    position = models.PositiveIntegerField()
    verb = models.CharField(_("act"), max_length=20)
    old_state = models.CharField(max_length=16, blank=True, default="")
    new_state = models.CharField(max_length=16)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )  # None: the system
    unit = models.ForeignKey(
        "crm.Unit",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("unit at the time"),
    )
    why = models.TextField(_("why"), blank=True, default="")

    class Meta:
        abstract = True

    def keep(self, row: models.Model) -> None:
        """Keep what the history tells of ``row`` beside its state, as it is after the step.

        A subclass with columns of its own fills them in here.
        """
