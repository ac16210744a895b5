"""Filters of what belongs to an enterprise, by what the enterprise is."""

from typing import Any

from crm.pages.filters import DivisionFilter
from liaisons.models.enterprises import keys_in_division, keys_in_section


class OfEnterprisesIn(DivisionFilter):
    """Rows of the enterprises of a division, through a subquery: a join would break paging by key."""

    def filter(self, queryset, division) -> Any:
        if division is None:
            return queryset
        return queryset.filter(enterprise__in=keys_in_division(division))


def of_section(queryset, name, value) -> Any:
    """Rows whose enterprise is of a section of the industrial classification."""
    if not value:
        return queryset
    return queryset.filter(enterprise__in=keys_in_section(value))
