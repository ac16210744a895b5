"""Kept roll-ups of visits: what the dashboards add up instead of the visits themselves
(visits.reporting.rollups keeps them).

Their number of rows depends on the city (units, enterprises, years) and not on how many visits were
made.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Role, Unit
from liaisons.models import Enterprise
from visits.models.visits import Visit

#: In a tally's division or section: every one of them together.
ALL = "*"
#: In a tally's division or section: the enterprises that have none.
NONE = "-"
#: As the kind of VisitMonths: any kind that counts as a visit.
ANY_VISIT = "visit"
#: The columns of VisitTally, January first.
MONTH_COLUMNS = tuple(f"n{month:02}" for month in range(1, 13))
#: How many years the bits of one VisitMonths row stand for.
ERA_YEARS = 5


class VisitTally(models.Model):
    """How many visits of one kind a unit made in each month of a year, to the enterprises of one
    class.

    ``unit`` is the visit's, that is the unit at the time. ``division`` and ``section`` are the
    enterprise's today. Each visit is counted four times: under its division and section, under each
    of them with ALL for the other, and under ALL twice. So every filter reads only rows of its own
    grain, and never adds up finer ones.
    """

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("unit at the time")
    )
    division = models.CharField(max_length=6)
    section = models.CharField(max_length=1)
    kind = models.CharField(max_length=10, choices=Visit.Kind.choices)
    year = models.PositiveSmallIntegerField()
    # Signed on purpose: a tally that has gone wrong is healed at night and must not refuse an
    # officer's correction.
    n01 = models.IntegerField(default=0)
    n02 = models.IntegerField(default=0)
    n03 = models.IntegerField(default=0)
    n04 = models.IntegerField(default=0)
    n05 = models.IntegerField(default=0)
    n06 = models.IntegerField(default=0)
    n07 = models.IntegerField(default=0)
    n08 = models.IntegerField(default=0)
    n09 = models.IntegerField(default=0)
    n10 = models.IntegerField(default=0)
    n11 = models.IntegerField(default=0)
    n12 = models.IntegerField(default=0)

    #: Who opens the dashboards that are read from here.
    roles_for = {"view": Role.MANAGERS}

    class Meta:
        verbose_name = _("tally of visits")
        verbose_name_plural = _("tallies of visits")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "division", "year", "kind", "unit"], name="visittally_cell"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.kind} {self.division} {self.section}"


class VisitMonths(models.Model):
    """In which months an enterprise was visited, one bit a month: what coverage is read from.

    One row per kind of visit, and one for ANY_VISIT. ``era`` is the year divided by ERA_YEARS, and
    bit 0 of ``months`` is the January of the era's first year.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="visit_months", verbose_name=_("enterprise")
    )
    kind = models.CharField(max_length=10)
    era = models.PositiveSmallIntegerField()
    months = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("months of visits")
        verbose_name_plural = _("months of visits")
        constraints = [
            models.UniqueConstraint(fields=["era", "kind", "enterprise"], name="visitmonths_cell")
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.kind} {self.era}: {self.months:b}"


class TalliedClass(models.Model):
    """Under which division and section the visits to an enterprise are counted in VisitTally."""

    enterprise = models.OneToOneField(
        Enterprise, models.CASCADE, primary_key=True, related_name="tallied_class"
    )
    division = models.CharField(max_length=6)
    section = models.CharField(max_length=1)

    class Meta:
        verbose_name = _("class of an enterprise in the tallies")
        verbose_name_plural = _("classes of enterprises in the tallies")

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.division} {self.section}"
