"""How a ledger of problems is laid out: as a person left it, or as a unit's manager set it for all
below.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.models import Role, Unit
from crm.text.fields import NameField


class LedgerLayout(models.Model):
    """Title, filling unit and columns of a ledger, of one person or (``unit``) of everybody in a
    unit and below it.

    ``title`` may hold ``{unit}``, which stands for the filling unit; an empty ``filling_unit`` is
    the person's own. ``columns`` are keys of visits.ledgers.columns in their order.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="ledger_layout",
        verbose_name=_("owner"),
    )
    unit = models.OneToOneField(
        Unit, models.CASCADE, null=True, related_name="ledger_layout", verbose_name=_("unit")
    )
    title = NameField(_("title"), max_length=60)
    filling_unit = NameField(_("filling unit"), max_length=60, blank=True, default="")
    columns = models.JSONField(default=list)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "change": Role.BUSINESS, "share": Role.MANAGERS}
    personal = True

    class Meta:
        verbose_name = _("layout of a ledger")
        verbose_name_plural = _("layouts of ledgers")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True, unit__isnull=False)
                | Q(owner__isnull=False, unit__isnull=True),
                name="ledgerlayout_of_one",
            )
        ]

    def __str__(self) -> Any:
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """One's own, and to look at those of one's unit and of the units above it."""
        above = scope.unit.path.strip("/").split("/") if scope.unit and action == "view" else []
        return Q(owner__in=scope.own) | Q(unit__in=Unit.objects.filter(code__in=above).values("pk"))
