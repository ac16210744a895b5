"""Filters of common causes."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import (
    DayFrom,
    DayTo,
    DivisionFilter,
    NounFilterSet,
    RowFilter,
    SearchFilter,
    UnitFilter,
)
from liaisons.models import Enterprise, Officer
from liaisons.models.enterprises import keys_in_division
from visits.models import CommonCause, Problem, ProblemCategory
from visits.models.causes import holding, unanswered
from visits.problems.filters import CategoryFilter, OfPerson


class OfProblems:
    """A condition on a cause's problems, of those alone that the asker may see: a filter tells
    nothing of the others.
    """

    def filter(self, queryset, value) -> Any:
        if value is None:
            return queryset
        problems = self.narrowed(Problem.objects.visible_to(self.parent.user), value)
        return queryset.filter(holding(problems))


class CategoryOfProblems(OfProblems, CategoryFilter):
    """Causes with a problem of a category, or of any below it."""

    def narrowed(self, problems, category) -> Any:
        return CategoryFilter.filter(self, problems, category)

    def filter(self, queryset, value) -> Any:
        return OfProblems.filter(self, queryset, value)


class DivisionOfProblems(OfProblems, DivisionFilter):
    """Causes with a problem of an enterprise in a division."""

    def narrowed(self, problems, division) -> Any:
        return problems.filter(enterprise__in=keys_in_division(division))


class EnterpriseOfProblems(OfProblems, RowFilter):
    """Causes with a problem of one enterprise."""

    def narrowed(self, problems, enterprise) -> Any:
        return problems.filter(enterprise=enterprise)


class CommonCauseFilterSet(NounFilterSet):
    """``unit`` is the lead unit.

    ``category``, ``division``, ``enterprise`` and ``unanswered`` are of the problems one may see.
    """

    q = SearchFilter("commoncause")
    unit = UnitFilter(field_name="lead_unit", label=_("Lead unit"))
    state = django_filters.ChoiceFilter(choices=CommonCause.State.choices, label=_("State"))
    mine = OfPerson(lambda user: Q(lead_officer=user.pk) | Q(created_by=user.pk), label=_("Mine"))
    unanswered = OfPerson(
        lambda user: unanswered(Problem.objects.visible_to(user)),
        label=_("With problems to answer"),
    )
    category = CategoryOfProblems(
        queryset=ProblemCategory.objects.all(), to_field_name="code", label=_("Category")
    )
    division = DivisionOfProblems()
    founded_from = DayFrom("founded_on", label=_("Begun from"))
    founded_to = DayTo("founded_on", label=_("Begun to"))
    officer = RowFilter(
        Officer, to_field_name="police_number", field_name="lead_officer", label=_("Lead officer")
    )
    enterprise = EnterpriseOfProblems(Enterprise, label=_("Enterprise"))

    class Meta:
        model = CommonCause
        fields = []
