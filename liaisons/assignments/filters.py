"""Filters of assignments."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import DayFrom, DayTo, NounFilterSet, RowFilter, UnitFilter, YesFilter
from liaisons.models import Assignment, Enterprise, KeyProject, Officer


def in_force() -> Q:
    """The condition of an assignment in force today."""
    today = timezone.localdate()
    return Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gt=today))


class OfficersUnitFilter(UnitFilter):
    """Assignments of the officers of a unit and of all below it."""

    field_name = "officer"

    def filter(self, queryset, unit) -> Any:
        if unit is None:
            return queryset
        return queryset.filter(
            officer__in=Officer.objects.visible_to(self.parent.user)
            .filter(unit__path__startswith=unit.path)
            .values("pk")
        )


class AssignmentFilterSet(NounFilterSet):
    """``unit`` is the officer's unit today."""

    current = YesFilter(in_force, label=_("In force today"))
    unit = OfficersUnitFilter()
    part = django_filters.ChoiceFilter(choices=Assignment.Part.choices, label=_("Part"))
    starts_from = DayFrom("starts_on", label=_("Begins from"))
    starts_to = DayTo("starts_on", label=_("Begins to"))
    officer = RowFilter(Officer, to_field_name="police_number", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))
    project = RowFilter(KeyProject, label=_("Key project"))

    class Meta:
        model = Assignment
        fields = []
