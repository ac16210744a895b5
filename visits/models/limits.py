"""How long the handling of a problem may take: the city's own rules, edited in Django's admin."""

from typing import Any

from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from visits.models.dictionaries import KEPT, ProblemCategory


class Urgency(models.TextChoices):
    URGENT = "urgent", _("Urgent")
    ADVICE = "advice", _("Advice")
    NORMAL = "normal", _("Normal")
    COMPLEX = "complex", _("Complex")


class Measure(models.TextChoices):
    """What a limit is counted in: the hours of the office (settings.OFFICE_HOURS) or the days of
    the calendar.
    """

    HOURS = "hours", _("working hours")
    DAYS = "days", _("working days")


#: Working days where no row says otherwise (docs/domain.md §3).
DEFAULTS = {Urgency.URGENT: 1, Urgency.ADVICE: 3, Urgency.NORMAL: 7, Urgency.COMPLEX: 15}


class HandlingLimit(models.Model):
    """The limit for problems of an urgency, for all categories or for one (and what lies below it).

    The row of the category itself counts before that of the category above it, and that before the
    one for all.
    """

    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices)
    category = models.ForeignKey(
        ProblemCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("Empty: all categories."),
    )
    amount = models.PositiveSmallIntegerField(
        _("limit"), validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    measure = models.CharField(
        _("counted in"), max_length=5, choices=Measure.choices, default=Measure.DAYS
    )

    class Meta:
        verbose_name = _("limit for problems")
        verbose_name_plural = _("limits for problems")
        ordering = ["urgency", "category"]
        constraints = [
            models.UniqueConstraint(fields=["urgency", "category"], name="handlinglimit_once"),
            models.UniqueConstraint(
                fields=["urgency"], name="handlinglimit_for_all", condition=Q(category__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_urgency_display()} {self.amount} {self.get_measure_display()}"


def limit_for(urgency, category=None) -> Any:
    """``(amount, measure)`` that a problem of this urgency and category (a row, or None) is to be
    handled within.
    """
    limits = cache.get_or_set("words:limits", _limits, KEPT)
    places = (category.pk, category.parent_id, None) if category else (None,)
    found = (limits.get((str(urgency), place)) for place in places)
    return next(filter(None, found), (DEFAULTS[urgency], Measure.DAYS))


def _limits() -> dict[tuple, tuple]:
    rows = HandlingLimit.objects.values_list("urgency", "category", "amount", "measure")
    return {(urgency, category): (amount, measure) for urgency, category, amount, measure in rows}
