"""Filters of key projects."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import (
    DayFrom,
    DayTo,
    DivisionFilter,
    NounFilterSet,
    RowFilter,
    SearchFilter,
    UnitFilter,
    sections,
)
from liaisons.enterprises.filters import AssignedToFilter
from liaisons.models import Enterprise, KeyProject
from liaisons.models.enterprises import keys_in_section


class KeyProjectFilterSet(NounFilterSet):
    """``enterprise`` is the builder."""

    q = SearchFilter("project")
    unit = UnitFilter()
    division = DivisionFilter()
    section = django_filters.ChoiceFilter(
        choices=sections, label=_("Industry"), method="of_section"
    )
    stage = django_filters.MultipleChoiceFilter(
        choices=KeyProject.Stage.choices, distinct=False, label=_("Stage")
    )
    due_from = DayFrom("due_on", label=_("To be finished from"))
    due_to = DayTo("due_on", label=_("To be finished to"))
    officer = AssignedToFilter("project", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))

    class Meta:
        model = KeyProject
        fields = []

    def of_section(self, queryset, name, value) -> Any:
        return queryset.filter(enterprise__in=keys_in_section(value)) if value else queryset
