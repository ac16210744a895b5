"""Filters of officers."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import NounFilterSet, SearchFilter, UnitFilter, YesFilter
from liaisons.models import Officer


class OfficerFilterSet(NounFilterSet):
    """Officers who have left are found with ``left=1`` only."""

    q = SearchFilter("officer")
    unit = UnitFilter()
    tier = django_filters.ChoiceFilter(choices=Officer.Tier.choices, label=_("Tier"))
    kind = django_filters.ChoiceFilter(choices=Officer.Kind.choices, label=_("Kind"))
    left = YesFilter(Q(left_on__isnull=False), label=_("Has left"))
    police_number = django_filters.CharFilter(label=_("Police number"), widget=forms.HiddenInput)

    class Meta:
        model = Officer
        fields = []

    @classmethod
    def by_default(cls, queryset) -> Any:
        return queryset.filter(left_on__isnull=True)

    def filter_queryset(self, queryset) -> Any:
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("left") else self.by_default(queryset)
