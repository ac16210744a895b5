"""How a list is narrowed and ordered: by the noun's FilterSet, which the pages use too, and by the
orderings that its viewset names.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from crm.errors import Invalid

#: Parameters of a list that are no filters: they say how and from where it is shown.
SHOWING = frozenset({"cursor", "limit", "ordering"})


def filters_asked(request: Request) -> frozenset[str]:
    """The names of the filters that a request sets, known ones and others."""
    return frozenset(request.query_params) - SHOWING


class NounFilterBackend(DjangoFilterBackend):
    """Filters by the viewset's ``filterset_class``, of which only the filters that are asked for
    are built.
    """

    def filter_queryset(
        self, request: Request, queryset: QuerySet, view: GenericViewSet
    ) -> QuerySet:
        """The rows that fit the filters; Invalid for an unknown filter and for a bad value."""
        names, known = filters_asked(request), view.filterset_class.parameters()
        if unknown := names - known:
            sentence = _("There is no filter of this name.")
            raise Invalid(errors={name: [sentence] for name in sorted(unknown)})
        if not names:
            return view.filterset_class.by_default(queryset)
        filters = self.get_filterset(request, queryset, view)
        if not filters.is_valid():
            raise Invalid(errors=dict(filters.errors))
        return filters.qs

    def get_filterset_kwargs(
        self, request: Request, queryset: QuerySet, view: GenericViewSet
    ) -> dict:
        return {
            "data": request.query_params,
            "queryset": queryset,
            "user": request.user,
            "only": filters_asked(request),
        }


class NamedOrderingBackend(OrderingFilter):
    """Orders by one of the viewset's ``ordering_fields``: names → columns (not nullable, without
    the final key).
    """

    def get_ordering(
        self, request: Request, queryset: QuerySet, view: GenericViewSet
    ) -> tuple[str, ...]:
        """The columns that ``ordering`` means, ending with the key.

        Invalid for a name that this list does not have.
        """
        name = request.query_params.get(self.ordering_param) or view.ordering
        columns = view.ordering_fields.get(name.removeprefix("-"))
        if columns is None:
            known = ", ".join(view.ordering_fields)
            raise Invalid(
                errors={"ordering": [_("This list is ordered by: %(names)s.") % {"names": known}]}
            )
        columns = (*columns, "-pk" if columns[-1].startswith("-") else "pk")
        return tuple(map(_turned, columns)) if name.startswith("-") else columns


def _turned(column: str) -> str:
    """The same column in the other direction."""
    return column[1:] if column.startswith("-") else f"-{column}"
