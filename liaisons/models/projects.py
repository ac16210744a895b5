"""The key projects (重点工程) and the stage each has reached."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Division, Noun, Role, Unit
from crm.text.fields import NameField
from liaisons.models.enterprises import Enterprise


class KeyProject(Noun):
    """A key project of the city, built by an enterprise and looked after by project officers
    (项目警官).
    """

    class Stage(models.TextChoices):
        PREPARATION = "preparation", _("In preparation")
        LAND = "land", _("Land and demolition")
        BUILDING = "building", _("Under construction")
        ACCEPTANCE = "acceptance", _("Acceptance")
        FINISHED = "finished", _("Finished")
        PAUSED = "paused", _("Paused")

    code = NameField(_("project number"), max_length=30, unique=True)
    name = NameField(_("name"), max_length=160)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="projects", verbose_name=_("built by")
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible unit"),
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    stage = models.CharField(
        _("stage"), max_length=12, choices=Stage.choices, default=Stage.PREPARATION
    )
    investment = models.DecimalField(
        _("investment (10,000 yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    address = NameField(_("site"), max_length=200, blank=True, default="")
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    due_on = models.DateField(_("to be finished by"), null=True, blank=True)

    roles_for = {
        "view": Role.BUSINESS,
        "create": {Role.COUNTY_MANAGER, Role.CITY_MANAGER},
        "change": Role.BUSINESS,
    }

    class Meta:
        verbose_name = _("key project")
        verbose_name_plural = _("key projects")
        indexes = [
            models.Index(fields=["name", "id"], name="keyproject_name"),
            models.Index(fields=["unit", "stage"], name="keyproject_unit_stage"),
        ]

    def __str__(self) -> Any:
        return self.name

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Projects of the units that one reads or manages, and those one is assigned to today."""
        units = scope.units if action == "view" else scope.managed_units
        assignments = cls._meta.get_field("assignments").related_model
        mine = (
            assignments.objects.current()
            .filter(officer__in=scope.own, project__isnull=False)
            .values("project")
        )
        return Q(unit__in=units) | Q(pk__in=mine)
