"""Filters of visits."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import (
    DayFrom,
    DayTo,
    NounFilterSet,
    RowFilter,
    SearchFilter,
    UnitFilter,
    UnitItselfFilter,
    YesFilter,
    sections,
)
from liaisons.enterprises.related_filters import OfEnterprisesIn, of_section
from liaisons.models import Enterprise, KeyProject, Officer
from visits.models import Campaign, Topic, Visit
from visits.models.dictionaries import offered


class VisitFilterSet(NounFilterSet):
    """``unit`` is the unit at the time. Withdrawn visits are shown with ``withdrawn=1`` only."""

    q = SearchFilter("visit", label=_("Search in notes"))
    unit = UnitFilter()
    unit_itself = UnitItselfFilter(field_name="unit")
    kind = django_filters.MultipleChoiceFilter(
        choices=Visit.Kind.choices, distinct=False, label=_("Kind")
    )
    held_from = DayFrom("held_on", label=_("Day from"))
    held_to = DayTo("held_on", label=_("Day to"))
    division = OfEnterprisesIn()
    section = django_filters.ChoiceFilter(choices=sections, label=_("Industry"), method=of_section)
    campaign = RowFilter(Campaign, label=_("Campaign"), widget=None)
    topic = django_filters.ChoiceFilter(
        choices=lambda: offered(Topic, "code"), label=_("Topic"), method="of_topic"
    )
    has_problems = YesFilter(Q(problem_count__gt=0), label=_("With problems"))
    withdrawn = YesFilter(Q(withdrawn_at__isnull=False), label=_("Withdrawn"))
    officer = RowFilter(Officer, to_field_name="police_number", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))
    project = RowFilter(KeyProject, label=_("Key project"))

    class Meta:
        model = Visit
        fields = []

    def of_topic(self, queryset, name, code) -> Any:
        talked = Visit.topics.through.objects.filter(
            topic__in=Topic.objects.filter(code=code).values("pk")
        )
        return queryset.filter(pk__in=talked.values("visit"))

    @classmethod
    def by_default(cls, queryset) -> Any:
        return queryset.filter(withdrawn_at__isnull=True)

    def filter_queryset(self, queryset) -> Any:
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("withdrawn") else self.by_default(queryset)
