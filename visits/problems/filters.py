"""Filters of problems."""

import re
import uuid
from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceIterator

from crm.pages.filters import (
    DayFrom,
    DayTo,
    NounFilterSet,
    RowFilter,
    UnitFilter,
    UnitItselfFilter,
    YesFilter,
    sections,
)
from liaisons.enterprises.related_filters import OfEnterprisesIn, of_section
from liaisons.models import Enterprise, Officer
from visits.models import CommonCause, Problem, ProblemCategory, Visit
from visits.models.dictionaries import keys_counted_for
from visits.models.problems import State, in_hand_of, overdue, still_open, supervised


class CurrentCategories(ModelChoiceIterator):
    """Offers each category once, as it is called today.

    An address that names an older version is still understood.
    """

    def __init__(self, field) -> None:
        super().__init__(field)
        self.queryset = self.queryset.filter(replaced_by__isnull=True)


class CategoryField(django_filters.ModelChoiceFilter.field_class):
    iterator = CurrentCategories


class CategoryFilter(django_filters.ModelChoiceFilter):
    """Problems of a category or of any below it, under whichever name they were reported."""

    field_class = CategoryField

    def filter(self, queryset, category) -> Any:
        if category is None:
            return queryset
        return queryset.filter(category__in=keys_counted_for(category))


class OfPerson(YesFilter):
    """A condition that hangs on who asks."""

    def condition_now(self) -> Any:
        return self.condition(self.parent.user)


class StateFilter(django_filters.MultipleChoiceFilter):
    """Problems in one of some states."""

    def filter(self, queryset, states) -> Any:
        rows = super().filter(queryset, states)
        return rows.filter(still_open()).few() if states and State.OPEN.issuperset(states) else rows


class TitleOrNumber(django_filters.CharFilter):
    """Words of the title, or the number by which a ledger names the problem (Problem.number)."""

    def filter(self, queryset, value) -> Any:
        number = re.fullmatch(r"(\d{8})-([0-9A-F]{6})", (value or "").strip().upper(), re.ASCII)
        if number is None:
            return super().filter(queryset, value)
        first, last = (uuid.UUID(number[2] + digit * 26) for digit in "0f")
        return queryset.filter(uid__range=(first, last))


class ProblemFilterSet(NounFilterSet):
    """``unit`` is the reporting unit at the time; ``open`` and ``overdue`` are states of today."""

    q = TitleOrNumber("title", "icontains", label=_("Words of the title, or number"))
    unit = UnitFilter()
    unit_itself = UnitItselfFilter(field_name="unit")
    open = YesFilter(still_open, few=True, label=_("Open"))
    overdue = YesFilter(overdue, few=True, label=_("Overdue"))
    mine = OfPerson(lambda user: Q(officer=user.pk) | Q(handler=user.pk), few=True, label=_("Mine"))
    in_hand = OfPerson(in_hand_of, few=True, label=_("In my unit's hands"))
    supervised = YesFilter(supervised, few=True, label=_("Supervised"))
    solved = YesFilter(~Q(proof=""), label=_("Solved, with proof"))
    state = StateFilter(choices=Problem.State.choices, distinct=False, label=_("State"))
    urgency = django_filters.ChoiceFilter(choices=Problem.Urgency.choices, label=_("Urgency"))
    category = CategoryFilter(
        queryset=ProblemCategory.objects.all(), to_field_name="code", label=_("Category")
    )
    division = OfEnterprisesIn()
    section = django_filters.ChoiceFilter(choices=sections, label=_("Industry"), method=of_section)
    reported_from = DayFrom("reported_on", label=_("Reported from"))
    reported_to = DayTo("reported_on", label=_("Reported to"))
    due_from = DayFrom("due_on", label=_("Due from"))
    due_to = DayTo("due_on", label=_("Due to"))
    officer = RowFilter(Officer, to_field_name="police_number", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))
    visit = RowFilter(Visit, label=_("Visit"))
    cause = RowFilter(CommonCause, field_name="membership__cause", label=_("Common cause"))

    class Meta:
        model = Problem
        fields = []
