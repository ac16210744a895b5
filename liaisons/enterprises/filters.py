"""Filters of enterprises."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import (
    DayFrom,
    DayTo,
    DivisionFilter,
    NounFilterSet,
    RowFilter,
    SearchFilter,
    UnitFilter,
    UnitItselfFilter,
    YesFilter,
    sections,
)
from liaisons.models import Assignment, Enterprise, Officer


class WaitingFilter(django_filters.NumberFilter):
    """Enterprises without a visit for at least so many whole days."""

    field_class = forms.IntegerField

    def filter(self, queryset, days) -> Any:
        if days is None:
            return queryset
        return queryset.filter(
            waiting_since__lte=timezone.localdate() - datetime.timedelta(days=days)
        )


class AssignedToFilter(RowFilter):
    """Enterprises that the officer with a police number serves today."""

    def __init__(self, target, **kwargs) -> None:
        self.target = target
        super().__init__(Officer, to_field_name="police_number", **kwargs)

    def filter(self, queryset, officer) -> Any:
        if officer is None:
            return queryset
        served = Assignment.objects.current().filter(
            officer=officer, **{f"{self.target}__isnull": False}
        )
        return queryset.filter(pk__in=served.values(self.target))


class EnterpriseFilterSet(NounFilterSet):
    """``section`` is a section of the industrial classification.

    ``waiting`` counts days since the last visit.
    """

    q = SearchFilter("enterprise")
    unit = UnitFilter()
    unit_itself = UnitItselfFilter(field_name="unit")
    without_unit = YesFilter(Q(unit__isnull=True), label=_("Without a unit"))
    division = DivisionFilter()
    section = django_filters.ChoiceFilter(
        "industry__section", choices=sections, label=_("Industry")
    )
    industry = django_filters.CharFilter(
        "industry_id", label=_("Industry code"), widget=forms.HiddenInput
    )
    status = django_filters.ChoiceFilter(choices=Enterprise.Status.choices, label=_("Status"))
    above_scale = YesFilter(Q(above_scale=True), label=_("Above designated size"))
    mine = django_filters.BooleanFilter(
        method="of_mine", label=_("Mine"), widget=forms.CheckboxInput
    )
    never_visited = YesFilter(Q(last_visit_on__isnull=True), label=_("Never visited"))
    unassigned = django_filters.BooleanFilter(
        method="without_officer", label=_("Without an officer"), widget=forms.CheckboxInput
    )
    waiting = WaitingFilter(label=_("Not visited for (days)"), min_value=0, max_value=36500)
    last_visit_from = DayFrom("last_visit_on", label=_("Last visit from"))
    last_visit_to = DayTo("last_visit_on", label=_("Last visit to"))
    officer = AssignedToFilter("enterprise", label=_("Officer"))

    class Meta:
        model = Enterprise
        fields = []

    def of_mine(self, queryset, name, value) -> Any:
        if not value:
            return queryset
        served = Assignment.objects.current().filter(
            officer_id=self.user.pk, enterprise__isnull=False
        )
        return queryset.filter(pk__in=served.values("enterprise"))

    def without_officer(self, queryset, name, value) -> Any:
        if not value:
            return queryset
        return queryset.exclude(
            pk__in=Assignment.objects.current()
            .filter(enterprise__isnull=False)
            .values("enterprise")
        )
