"""The list of a noun: filtered, sorted, paged by key, exported."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.db.paging import page_by_key
from crm.db.scope import role_may
from crm.errors import Invalid
from crm.models import SavedLink
from crm.pages.filters import SHOWING
from crm.pages.generic.pages import PageView


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


#: name of a list's address → its view class; exports find the definition of a list here
LISTS = {}


class NounListView(PageView):
    """A filtered, sorted list, paged by key.

    The same definition is exported (crm.documents.exports).
    """

    filterset = None
    columns = ()
    orderings = {}  # further names → columns, beside those of the columns
    default_sort = ""
    related = ()
    name = ""  # of its address
    detail_name = ""
    create_name = ""
    create_label = ""
    title = ""
    empty_text = ""
    page_size = 50
    tabs = ()  # (label, filters) of lists that are asked for often
    template = "generic/list.html"

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.name:
            LISTS[cls.name] = cls

    @classmethod
    def rows_for(cls, user):
        """Everything that ``user`` may see in this list, before filters."""
        return cls.model.objects.visible_to(user).select_related(*cls.related)

    @classmethod
    def ordering_of(cls, sort):
        """The columns that a ``sort`` parameter means.

        Invalid for a name that the list does not have.
        """
        name = (sort or cls.default_sort).removeprefix("-")
        known = {
            column.key: column.ordering for column in cls.columns if column.ordering
        } | cls.orderings
        if name not in known:
            raise Invalid(
                errors={"sort": [_("This list cannot be sorted by %(name)s.") % {"name": name}]}
            )
        turned = (sort or cls.default_sort).startswith("-")
        columns = (*known[name], "-pk" if known[name][-1].startswith("-") else "pk")
        return tuple(
            c.removeprefix("-") if c.startswith("-") == turned else f"-{c.lstrip('-')}"
            for c in columns
        )

    def get(self, request):
        filters = self.filterset(
            request.GET, queryset=self.rows_for(request.user), user=request.user
        )
        context = {
            "title": self.title or self.model._meta.verbose_name_plural,
            "filter": filters,
            "filter_errors": not filters.is_valid(),
            "filter_chips": self.chips(filters),
            "columns": self.heads(),
            "empty_text": self.empty_text or _("Nothing here matches these filters."),
            "tabs": self.shown_tabs(),
            "rows": [],
            **self.offers(),
        }
        status = 200
        if context["filter_errors"]:
            status = 400
        else:
            sort = request.GET.get("sort", "")
            page = page_by_key(
                filters.qs,
                self.ordering_of(sort),
                size=self.page_size,
                cursor=request.GET.get("cursor"),
            )
            context["rows"] = [self.row(row) for row in self.prepare(page)]
            context["next_url"] = (
                self.address(cursor=page.next_cursor) if page.next_cursor else None
            )
            context["previous_url"] = (
                self.address(cursor=page.previous_cursor) if page.previous_cursor else None
            )
        return render(request, self.template, context, status=status)

    def prepare(self, page):
        """A hook for what a page's rows need beside themselves, fetched in one statement."""
        return page

    def row(self, row):
        cells = [
            {
                "key": c.key,
                "label": c.label,
                "value": c.value(row),
                "numeric": c.numeric,
                "main": c.main,
                "muted": c.muted,
            }
            for c in self.columns
        ]
        return {
            "url": self.row_url(row),
            "cells": cells,
            "state_class": self.row_class(row),
            "key": getattr(row, "uid", row.pk),
        }

    def row_class(self, row):
        """The CSS class of a row's state, for what should strike the eye."""
        return ""

    def row_url(self, row):
        return reverse(self.detail_name, args=[row.uid]) if self.detail_name else ""

    def heads(self):
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

    def shown_tabs(self):
        """The tabs as links; the current one is that whose filters alone are set."""
        asked = {
            name: value for name, value in self.request.GET.items() if name not in SHOWING and value
        }
        for label, query in self.tabs:
            url = f"{self.request.path}?{urlencode(query)}" if query else self.request.path
            yield {"label": label, "url": url, "current": asked == query}

    def chips(self, filters):
        return [
            {
                "label": label,
                "value": value,
                "remove_url": self.address(**{name: None, "cursor": None}),
            }
            for name, label, value in filters.active()
        ]

    def address(self, **changes):
        """The list's address with some parameters changed; None removes one."""
        query = self.request.GET.copy()
        for key, value in changes.items():
            if value is None:
                query.pop(key, None)
            else:
                query[key] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path

    def offers(self):
        """What the list offers beside its rows: create, export, saved links, a ``bulk_template``
        for chosen rows, and ``export_more``, further kinds of files (label, url), to whose
        addresses the list's ``query`` is posted; a room may add ``links`` (label, url, icon) to
        pages that belong to the list.
        """
        user = self.request.user
        query = self.request.GET.copy()
        query.pop("cursor", None)
        creates = bool(self.create_name) and role_may(user, "create", self.model)
        return {
            "create_url": reverse(self.create_name) if creates else "",
            "create_label": self.create_label,
            "export_url": reverse("export_order", args=[self.name]) if self.name else "",
            "export_formats": [
                {"label": "Excel", "value": "xlsx"},
                {"label": "CSV", "value": "csv"},
            ],
            "query": query.urlencode(),
            "save_link_url": reverse("saved_link_create"),
            "saved_links": [
                {
                    "name": s.name,
                    "url": f"{s.path}?{s.query}",
                    "delete_url": reverse("saved_link_delete", args=[s.pk]),
                }
                for s in SavedLink.objects.visible_to(user).filter(path=self.request.path)
            ],
        }
