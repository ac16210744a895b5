"""Pages of lists: by the key of their last row, read without model instances."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from api.core.cursors import seal, unseal
from api.core.filter_backends import filters_asked
from api.core.responses import json_response
from crm.db.kept import kept_plans
from crm.db.paging import Page, page_by_key
from crm.errors import Invalid


class KeysetPagination(BasePagination):
    """Pages that begin just behind a row (crm.db.paging); nothing is counted."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    cursor_query_param = "cursor"

    def paginate_queryset(
        self,
        queryset: QuerySet,
        request: Request,
        view: GenericViewSet,
        *,
        everything: bool = False,
    ) -> Page:
        """The selected rows (dictionaries of the serializer's plan) of one page of ``queryset``, in
        its order.

        Where filters or a scope decide, the keys are found first, from the noun's own table alone,
        and then the rows of these keys: planning all joins and conditions together takes PostgreSQL
        forty times as long as running them. Where the asker's scope holds ``everything``, one
        statement does. Whatever does not hang on filters is read by kept plans.
        """
        self.request, self.list_name = request, queryset.model._meta.model_name
        plan, ordering = view.get_serializer_class().plan(), queryset.query.order_by
        columns, filtered = [column.lstrip("-") for column in ordering], filters_asked(request)
        by_key = not everything or filtered
        with nullcontext() if filtered else kept_plans():
            self.page = page_by_key(
                queryset.values("pk", *columns) if by_key else plan.select(queryset, *columns),
                ordering,
                size=self.get_page_size(request),
                cursor=unseal(request.query_params.get(self.cursor_query_param), self.list_name),
            )
        if by_key:
            self.page[:] = plan.rows_by_key([row["pk"] for row in self.page])
        return self.page

    def get_page_size(self, request: Request) -> int:
        """How many rows a page holds; Invalid for what is no number of rows."""
        text, most = request.query_params.get(self.page_size_query_param), self.max_page_size
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
            raise Invalid(
                errors={
                    self.page_size_query_param: [
                        _("A page holds 1 to %(most)d rows.") % {"most": most}
                    ]
                }
            )
        return int(text)

    def get_paginated_response(self, data: Sequence[dict[str, Any]]) -> HttpResponse:
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return json_response(self.request, {"results": data, **links})

    def get_next_link(self) -> str | None:
        return self._link(self.page.next_cursor)

    def get_previous_link(self) -> str | None:
        return self._link(self.page.previous_cursor)

    def _link(self, cursor: str | None) -> str | None:
        """The address of another page of the same list (a URI reference); None without a cursor."""
        if cursor is None:
            return None
        query = self.request.query_params.copy()
        query[self.cursor_query_param] = seal(cursor, self.list_name)
        return f"{self.request.path}?{query.urlencode()}"
