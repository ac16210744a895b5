"""Which officer serves which enterprise or project, from when to when."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedQuerySet
from crm.models import Noun, Role
from liaisons.models.enterprises import Enterprise
from liaisons.models.officers import Officer
from liaisons.models.projects import KeyProject

TWICE = _("This officer is assigned here already.")


class AssignmentQuerySet(ScopedQuerySet):
    def on(self, day) -> Self:
        """The assignments in force on ``day``."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def current(self) -> Self:
        """The assignments in force today."""
        return self.on(timezone.localdate())


class Assignment(Noun):
    """An officer's duty for one enterprise or one key project: from ``starts_on`` up to, not
    including, ``ends_on``.
    """

    class Part(models.TextChoices):
        LEAD = "lead", _("Lead")
        DEPUTY = "deputy", _("Deputy")

    officer = models.ForeignKey(
        Officer, models.PROTECT, related_name="assignments", verbose_name=_("officer")
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("enterprise"),
    )
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("key project"),
    )
    part = models.CharField(_("part"), max_length=8, choices=Part.choices, default=Part.LEAD)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = models.Manager.from_queryset(AssignmentQuerySet)()
    roles_for = {"view": Role.BUSINESS, "create": Role.MANAGERS, "change": Role.MANAGERS}

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(fields=["officer", "ends_on"], name="assignment_officer"),
            models.Index(fields=["-starts_on", "-id"], name="assignment_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, project__isnull=False)
                | Q(enterprise__isnull=False, project__isnull=True),
                name="assignment_one_target",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="assignment_forward",
            ),
            models.UniqueConstraint(
                fields=["officer", "enterprise"],
                condition=Q(ends_on__isnull=True),
                name="assignment_enterprise_once",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                fields=["officer", "project"],
                condition=Q(ends_on__isnull=True),
                name="assignment_project_once",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=Q(ends_on__isnull=True, part="lead"),
                name="assignment_enterprise_lead",
                violation_error_message=_(
                    "This enterprise has a lead already. End that assignment first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} – {self.enterprise or self.project}"

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Assignments of one's own, and those to the enterprises and projects that one reads or
        manages.
        """
        own = Q(officer__in=scope.own) if action == "view" else Q()
        units = scope.units if action == "view" else scope.managed_units
        return (
            own
            | Q(enterprise__in=Enterprise.objects.filter(unit__in=units).values("pk"))
            | Q(project__in=KeyProject.objects.filter(unit__in=units).values("pk"))
        )
