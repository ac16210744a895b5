"""Filters of problems."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceIterator

from crm.filters import (
    DayFrom,
    DayTo,
    NounFilterSet,
    RowFilter,
    UnitFilter,
    UnitItselfFilter,
    YesFilter,
    sections,
)
from liaisons.models import Enterprise, Officer
from visits.filters.visits import OfEnterprisesIn, of_section
from visits.models import Problem, ProblemCategory, Visit
from visits.models.dictionaries import keys_counted_for
from visits.models.problems import in_hand_of, overdue, still_open


class CurrentCategories(ModelChoiceIterator):
    """Offers each category once, as it is called today; an address that names an older version is still understood."""

    def __init__(self, field):
        super().__init__(field)
        self.queryset = self.queryset.filter(replaced_by__isnull=True)


class CategoryField(django_filters.ModelChoiceFilter.field_class):
    iterator = CurrentCategories


class CategoryFilter(django_filters.ModelChoiceFilter):
    """Problems of a category or of any below it, under whichever name they were reported."""

    field_class = CategoryField

    def filter(self, queryset, category):
        if category is None:
            return queryset
        return queryset.filter(category__in=keys_counted_for(category))


class OfPerson(YesFilter):
    """A condition that hangs on who asks."""

    def filter(self, queryset, value):
        return queryset.filter(self.condition(self.parent.user)) if value else queryset


class ProblemFilterSet(NounFilterSet):
    """``unit`` is the reporting unit at the time; ``open`` and ``overdue`` are states of today."""

    q = django_filters.CharFilter("title", "icontains", label=_("Search"))
    unit = UnitFilter()
    unit_itself = UnitItselfFilter(field_name="unit")
    open = YesFilter(still_open, label=_("Open"))
    overdue = YesFilter(overdue, label=_("Overdue"))
    mine = OfPerson(lambda user: Q(officer=user.pk) | Q(handler=user.pk), label=_("Mine"))
    in_hand = OfPerson(in_hand_of, label=_("In my unit's hands"))
    supervised = YesFilter(~Q(supervised_no=""), label=_("Supervised"))
    solved = YesFilter(~Q(proof=""), label=_("Solved, with proof"))
    state = django_filters.MultipleChoiceFilter(choices=Problem.State.choices, distinct=False, label=_("State"))
    urgency = django_filters.ChoiceFilter(choices=Problem.Urgency.choices, label=_("Urgency"))
    category = CategoryFilter(queryset=ProblemCategory.objects.all(), to_field_name="code", label=_("Category"))
    division = OfEnterprisesIn()
    section = django_filters.ChoiceFilter(choices=sections, label=_("Industry"), method=of_section)
    reported_from = DayFrom("reported_on", label=_("Reported from"))
    reported_to = DayTo("reported_on", label=_("Reported to"))
    due_from = DayFrom("due_on", label=_("Due from"))
    due_to = DayTo("due_on", label=_("Due to"))
    officer = RowFilter(Officer, to_field_name="police_number", label=_("Officer"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))
    visit = RowFilter(Visit, label=_("Visit"))

    class Meta:
        model = Problem
        fields = []
