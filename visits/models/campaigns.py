"""Campaigns such as the month of concentrated service (企业集中服务月)."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Noun, Role, Unit
from crm.text.fields import NameField


class Campaign(Noun):
    """A period with a purpose, of one unit and all below it, that visits may belong to."""

    name = NameField(_("name"), max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    roles_for = {"view": Role.BUSINESS, "create": Role.MANAGERS, "change": Role.MANAGERS}

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_forward"
            )
        ]

    def __str__(self) -> Any:
        return self.name

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Everybody sees what their units and the units above run.

        A manager changes those of the managed units.
        """
        if action != "view":
            return Q(unit__in=scope.managed_units)
        above = [code for code in (scope.unit.path if scope.unit else "").split("/") if code]
        return Q(unit__in=scope.units) | Q(
            unit__in=Unit.objects.filter(code__in=above).values("pk")
        )
