"""What this app adds to the filters of enterprises: whether they were visited in a period."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liaisons.enterprises.filters import EnterpriseFilterSet
from visits.models import Visit
from visits.models.visits import keys_visited


class VisitFilter:
    """One of four filters that say together which visits are meant.

    The first of those present applies them all.

    Without a kind every kind counts that is a visit (contacts by telephone or chat are none);
    withdrawn visits never do.
    """

    def filter(self, queryset, value) -> Any:
        present = [name for name in FILTERS if name in self.parent.filters]
        if self.parent.filters[present[0]] is not self:
            return queryset
        answer, first, last, kinds = (self.parent.form.cleaned_data.get(name) for name in FILTERS)
        if not (answer or first or last or kinds):
            return queryset
        visited = Q(pk__in=keys_visited(kinds or Visit.Kind.VISITS, first, last))
        return queryset.filter(~visited if answer == "no" else visited)


class Answer(VisitFilter, django_filters.ChoiceFilter):
    """Whether there was such a visit, or none."""


class Day(VisitFilter, django_filters.DateFilter):
    """The first or the last day of the visits."""

    def __init__(self, **kwargs) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class Kinds(VisitFilter, django_filters.MultipleChoiceFilter):
    """The kinds of the visits."""


#: In the order in which VisitFilter reads them.
FILTERS = {
    "visited": Answer(
        choices=[("yes", _("Visited")), ("no", _("Not visited"))], label=_("Visited in the period")
    ),
    "visited_from": Day(label=_("Visited from")),
    "visited_to": Day(label=_("Visited to")),
    "visited_kind": Kinds(choices=Visit.Kind.choices, label=_("Visited by")),
}

EnterpriseFilterSet.extend(**FILTERS)
