"""Filters of key projects."""

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import (
    DayFrom,
    DayTo,
    DivisionFilter,
    NounFilterSet,
    RowFilter,
    SearchFilter,
    UnitFilter,
)
from liaisons.filters.enterprises import AssignedToFilter
from liaisons.models import Enterprise, KeyProject


class KeyProjectFilterSet(NounFilterSet):
    """``enterprise`` is the builder."""

    q = SearchFilter("project")
    unit = UnitFilter()
    division = DivisionFilter()
    stage = django_filters.MultipleChoiceFilter(choices=KeyProject.Stage.choices, label=_("Stage"))
    due_from = DayFrom("due_on", label=_("To be finished from"))
    due_to = DayTo("due_on", label=_("To be finished to"))
    officer = AssignedToFilter("project", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))

    class Meta:
        model = KeyProject
        fields = []
