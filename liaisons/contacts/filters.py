"""Filters of contacts. Name and phone are encrypted: they are found by exact match only."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.pages.filters import NounFilterSet, RowFilter, UnitFilter, YesFilter, index_of
from liaisons.models import Contact, Enterprise


class ContactFilterSet(NounFilterSet):
    """``name`` and ``phone`` match the whole value."""

    name = django_filters.CharFilter(method="by_name", label=_("Whole name"))
    phone = django_filters.CharFilter(method="by_phone", label=_("Whole phone number"))
    unit = UnitFilter(field_name="enterprise__unit")
    is_main = YesFilter(Q(is_main=True), label=_("Main contact"))
    left = YesFilter(Q(left_on__isnull=False), label=_("No longer there"))
    enterprise = RowFilter(Enterprise, label=_("Enterprise"))

    sealed = ("name", "phone")

    class Meta:
        model = Contact
        fields = []

    def by_name(self, queryset, name, value) -> Any:
        return queryset.filter(name_index=index_of(value))

    def by_phone(self, queryset, name, value) -> Any:
        return queryset.filter(phone_index=index_of(value))
