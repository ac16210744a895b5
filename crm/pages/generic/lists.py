"""The list of a noun: filtered, sorted, paged by key, exported."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_filters.views import FilterView

from crm.db.paging import Page, page_by_key
from crm.db.scope import role_may
from crm.errors import Invalid
from crm.models import SavedLink
from crm.pages.filters import SHOWING, NounFilterSet
from crm.pages.generic.pages import PageMixin


@dataclass(frozen=True)
class Column:
    """One column of a list and of its export.

    ``value`` is a function of the row (what a person reads); ``ordering`` the columns it is sorted
    by, each not nullable, without the final key; ``export`` replaces ``value`` in spreadsheets
    (numbers and dates as such).
    """

    key: str
    label: str
    value: object
    ordering: tuple = ()
    export: object = None
    numeric: bool = False
    main: bool = False
    muted: bool = False

    def cell(self, row: Model) -> dict:
        """What the list draws of a row's cell."""
        return {
            "key": self.key,
            "label": self.label,
            "value": self.value(row),
            "numeric": self.numeric,
            "main": self.main,
            "muted": self.muted,
        }


def moment(when: datetime.datetime | None) -> str:
    """A time as a list shows it, in the city's time zone; empty for none."""
    return date_format(timezone.localtime(when), "Y-m-d H:i") if when else ""


#: name of a list's address → its view class; exports find the definition of a list here
LISTS = {}


EXPORT_FORMATS = (
    {"label": "Excel", "value": "xlsx"},
    {"label": "CSV", "value": "csv"},
)


def _shown(link: SavedLink) -> dict:
    """A list that is kept under a name, as the page offers it."""
    return {
        "name": link.name,
        "url": f"{link.path}?{link.query}",
        "delete_url": reverse("saved_link_delete", args=[link.pk]),
    }


class NounListView(PageMixin, FilterView):
    """A filtered, sorted list, paged by key: django-filter's list view with pages of our own.

    Its definition is exported too (crm.documents.exports), where there is no request: that is why
    its rows are those of ``rows_for`` and its order that of ``ordering_of``. A list without a
    ``name`` is neither exported nor kept under one.
    """

    columns = ()
    orderings = {}  # further names → columns, beside those of the columns
    default_sort = ""
    related = ()
    name = ""  # of its address
    detail_name = ""
    create_name = ""
    create_label = ""
    empty_text = ""
    paginate_by = 50
    tabs = ()  # (label, filters) of lists that are asked for often
    template_name = "generic/list.html"

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            LISTS[cls.name] = cls

    @classmethod
    def rows_for(cls, user: AbstractBaseUser) -> QuerySet:
        """Everything that ``user`` may see in this list, before filters."""
        rows = cls.model.objects.visible_to(user)
        return rows.select_related(*cls.related) if cls.related else rows

    @classmethod
    def ordering_of(cls, sort: str) -> tuple[str, ...]:
        """The columns that a ``sort`` parameter means; Invalid for what the list does not have."""
        sort = sort or cls.default_sort
        name, turned = sort.removeprefix("-"), sort.startswith("-")
        known = {
            column.key: column.ordering for column in cls.columns if column.ordering
        } | cls.orderings
        if name not in known:
            sentence = _("This list cannot be sorted by %(name)s.")
            raise Invalid(errors={"sort": [sentence % {"name": name}]})
        columns = (*known[name], "-pk" if known[name][-1].startswith("-") else "pk")
        return tuple(
            c.removeprefix("-") if c.startswith("-") == turned else f"-{c.lstrip('-')}"
            for c in columns
        )

    def get_queryset(self) -> QuerySet:
        return self.rows_for(self.request.user)

    def get_ordering(self) -> tuple[str, ...]:
        return self.ordering_of(self.request.GET.get("sort", ""))

    def get_filterset_kwargs(self, filterset_class: type[NounFilterSet]) -> dict:
        return {
            "data": self.request.GET,
            "queryset": self.get_queryset(),
            "user": self.request.user,
        }

    def get_paginate_by(self, queryset: QuerySet) -> int | None:
        """Nothing is listed, nor sorted, where a filter cannot be understood."""
        return self.paginate_by if self.filterset.is_valid() else None

    def paginate_queryset(
        self, queryset: QuerySet, page_size: int
    ) -> tuple[None, Page, Page, bool]:
        """The page behind the cursor of the address; a paginator would count the rows."""
        cursor = self.request.GET.get("cursor")
        page = page_by_key(queryset, self.get_ordering(), size=page_size, cursor=cursor)
        return None, page, page, bool(page.next_cursor or page.previous_cursor)

    def get_title(self) -> str:
        return self.title or self.model._meta.verbose_name_plural

    def get_context_data(self, **kwargs: object) -> dict:
        context = super().get_context_data(**kwargs)
        return context | {
            "filter_errors": not self.filterset.is_valid(),
            "filter_chips": self.chips(),
            "columns": self.heads(),
            "empty_text": self.empty_text or _("Nothing here matches these filters."),
            "tabs": self.shown_tabs(),
            "rows": [self.row(row) for row in context["object_list"]],
            **self.ways_on(context["page_obj"]),
            **self.offers(),
        }

    def render_to_response(self, context: dict, **response_kwargs: object) -> HttpResponse:
        if context["filter_errors"]:
            response_kwargs["status"] = 400
        return super().render_to_response(context, **response_kwargs)

    def row(self, row: Model) -> dict:
        return {
            "url": self.row_url(row),
            "cells": [column.cell(row) for column in self.columns],
            "state_class": self.row_class(row),
            "key": getattr(row, "uid", row.pk),
        }

    def row_class(self, row: Model) -> str:
        """The CSS class of a row's state, for what should strike the eye."""
        return ""

    def row_url(self, row: Model) -> str:
        return reverse(self.detail_name, args=[row.uid]) if self.detail_name else ""

    def heads(self) -> Iterator[dict]:
        sort = self.request.GET.get("sort") or self.default_sort
        for column in self.columns:
            current = sort.lstrip("-") == column.key
            turn = current and not sort.startswith("-")
            yield {
                "key": column.key,
                "label": column.label,
                "numeric": column.numeric,
                "main": column.main,
                "sort_url": self.address(sort=f"-{column.key}" if turn else column.key, cursor=None)
                if column.ordering
                else "",
                "sorted": ("desc" if sort.startswith("-") else "asc") if current else "",
            }

    def shown_tabs(self) -> Iterator[dict]:
        """The tabs as links; the current one is that whose filters alone are set."""
        asked = {
            name: value for name, value in self.request.GET.items() if name not in SHOWING and value
        }
        for label, query in self.tabs:
            url = f"{self.request.path}?{urlencode(query)}" if query else self.request.path
            yield {"label": label, "url": url, "current": asked == query}

    def chips(self) -> list[dict]:
        return [
            {
                "label": label,
                "value": value,
                "remove_url": self.address(**{name: None, "cursor": None}),
            }
            for name, label, value in self.filterset.active()
        ]

    def ways_on(self, page: Page | None) -> dict[str, str | None]:
        """The addresses of the pages beside this one."""
        if page is None:
            return {}
        cursors = {"next_url": page.next_cursor, "previous_url": page.previous_cursor}
        return {
            name: self.address(cursor=cursor) if cursor else None
            for name, cursor in cursors.items()
        }

    def address(self, **changes: str | None) -> str:
        """The list's address with some parameters changed; None removes one."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            if value is None:
                query.pop(key, None)
            else:
                query[key] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def offers(self) -> dict:
        """What the list offers beside its rows: create, export, saved links.

        A list may add in ``get_context_data`` a ``bulk_template`` for chosen rows, ``export_more``,
        further kinds of files (label, url), to whose addresses the list's ``query`` is posted, and
        ``links`` (label, url, icon) to pages that belong to the list.
        """
        user = self.request.user
        creates = bool(self.create_name) and role_may(user, "create", self.model)
        offers = {
            "create_url": reverse(self.create_name) if creates else "",
            "create_label": self.create_label,
        }
        return offers | self.kept_and_exported() if self.name else offers

    def kept_and_exported(self) -> dict:
        query = self.request.GET.copy()
        query.pop("cursor", None)
        saved = SavedLink.objects.visible_to(self.request.user).filter(path=self.request.path)
        return {
            "export_url": reverse("export_order", args=[self.name]),
            "export_formats": EXPORT_FORMATS,
            "query": query.urlencode(),
            "save_link_url": reverse("saved_link_create"),
            "saved_links": [_shown(link) for link in saved],
        }
