"""The pages that every noun has: a list, a detail page, a form. A room's views only say what is particular."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from crm.errors import Conflict, Invalid, Missing, NotAllowed, Refusal, StaleEdit
from crm.filters import SHOWING
from crm.models import SavedLink
from crm.paging import page_by_key
from crm.scope import may, role_may
from crm.transitions import created_earlier


@dataclass(frozen=True)
class Column:
    """One column of a list and of its export.

    ``value`` is a function of the row (what a person reads); ``ordering`` the columns it is sorted by, each not
    nullable, without the final key; ``export`` replaces ``value`` in spreadsheets (numbers and dates as such).
    """

    key: str
    label: str
    value: object
    ordering: tuple = ()
    export: object = None
    numeric: bool = False
    main: bool = False
    muted: bool = False


class PageView(LoginRequiredMixin, View):
    """A page that its ``model``'s roles may open for ``action``; refusals become a page with their sentence."""

    model = None
    action = "view"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        try:
            if self.model is not None and not role_may(request.user, self.action, self.model):
                raise NotAllowed()
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(request, refusal)


def refused(request, refusal):
    """The page that tells a person why something was not done."""
    errors = refusal.extra.get("errors", {})
    told = " ".join(str(sentence) for sentences in errors.values() for sentence in sentences)
    return render(request, "errors/refusal.html", {"sentence": told or str(refusal)}, status=refusal.status)


def row_or_missing(queryset, **lookup):
    """The one row of an already scoped queryset; Missing for a foreign row and for no row alike."""
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True)
class Action:
    """A button of a detail page; shown exactly when the verb behind it may run."""

    label: str
    url: str
    icon: str = ""
    method: str = "get"
    primary: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of a detail page that is loaded from an address of its own."""

    id: str
    title: str
    url: str


#: name of a list's address → its view class; exports find the definition of a list here
LISTS = {}


class NounListView(PageView):
    """A filtered, sorted list, paged by key. The same definition is exported (crm.exports)."""

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
        """The columns that a ``sort`` parameter means; Invalid for a name that the list does not have."""
        name = (sort or cls.default_sort).removeprefix("-")
        known = {column.key: column.ordering for column in cls.columns if column.ordering} | cls.orderings
        if name not in known:
            raise Invalid(errors={"sort": [_("This list cannot be sorted by %(name)s.") % {"name": name}]})
        turned = (sort or cls.default_sort).startswith("-")
        columns = (*known[name], "-pk" if known[name][-1].startswith("-") else "pk")
        return tuple(c.removeprefix("-") if c.startswith("-") == turned else f"-{c.lstrip('-')}" for c in columns)

    def get(self, request):
        filters = self.filterset(request.GET, queryset=self.rows_for(request.user), user=request.user)
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
                filters.qs, self.ordering_of(sort), size=self.page_size, cursor=request.GET.get("cursor")
            )
            context["rows"] = [self.row(row) for row in self.prepare(page)]
            context["next_url"] = self.address(cursor=page.next_cursor) if page.next_cursor else None
            context["previous_url"] = self.address(cursor=page.previous_cursor) if page.previous_cursor else None
        return render(request, self.template, context, status=status)

    def prepare(self, page):
        """A hook for what a page's rows need beside themselves, fetched in one statement."""
        return page

    def row(self, row):
        cells = [
            {"key": c.key, "label": c.label, "value": c.value(row), "numeric": c.numeric, "main": c.main, "muted": c.muted}
            for c in self.columns
        ]
        return {"url": self.row_url(row), "cells": cells, "state_class": self.row_class(row), "key": getattr(row, "uid", row.pk)}

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
                "sort_url": self.address(sort=f"-{column.key}" if turn else column.key, cursor=None) if column.ordering else "",
                "sorted": ("desc" if sort.startswith("-") else "asc") if current else "",
            }

    def shown_tabs(self):
        """The tabs as links; the current one is that whose filters alone are set."""
        asked = {name: value for name, value in self.request.GET.items() if name not in SHOWING and value}
        for label, query in self.tabs:
            url = f"{self.request.path}?{urlencode(query)}" if query else self.request.path
            yield {"label": label, "url": url, "current": asked == query}

    def chips(self, filters):
        return [
            {"label": label, "value": value, "remove_url": self.address(**{name: None, "cursor": None})}
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
        """What the list offers beside its rows: create, export, saved links, a ``bulk_template`` for chosen rows, and
        ``export_more``, further kinds of files (label, url), to whose addresses the list's ``query`` is posted."""
        user = self.request.user
        query = self.request.GET.copy()
        query.pop("cursor", None)
        creates = bool(self.create_name) and role_may(user, "create", self.model)
        return {
            "create_url": reverse(self.create_name) if creates else "",
            "create_label": self.create_label,
            "export_url": reverse("export_order", args=[self.name]) if self.name else "",
            "export_formats": [{"label": "Excel", "value": "xlsx"}, {"label": "CSV", "value": "csv"}],
            "query": query.urlencode(),
            "save_link_url": reverse("saved_link_create"),
            "saved_links": [
                {"name": s.name, "url": f"{s.path}?{s.query}", "delete_url": reverse("saved_link_delete", args=[s.pk])}
                for s in SavedLink.objects.visible_to(user).filter(path=self.request.path)
            ],
        }


class NounDetailView(PageView):
    """One row: its facts, what may be done with it, and panels that other rooms fill."""

    template = "generic/detail.html"
    related = ()

    def get(self, request, uid):
        return self.page(request, row_or_missing(self.model.objects.visible_to(request.user).select_related(*self.related), uid=uid))

    def page(self, request, row):
        self._allowed = {}
        context = {
            "object": row,
            "title": str(row),
            "subtitle": self.subtitle(row),
            "badges": self.badges(row),
            "facts": [{"label": label, "value": value} for label, value in self.facts(row)],
            "actions": self.actions(row),
            "panels": self.panels(row),
        }
        return render(request, self.template, context | self.more(row))

    def subtitle(self, row):
        return ""

    def badges(self, row):
        return []

    def facts(self, row):
        return []

    def actions(self, row):
        return []

    def panels(self, row):
        return []

    def more(self, row):
        return {}

    def may(self, action, row):
        """Whether the person of this request may do ``action`` with ``row``, asked once a request."""
        if action not in self._allowed:
            self._allowed[action] = may(self.request.user, action, row)
        return self._allowed[action]


@dataclass
class FormState:
    """What a form page shows beside its form."""

    error: str = ""
    stale: list = field(default_factory=list)


class NounFormView(PageView):
    """Create or edit one row. ``save(form, row)`` calls the verb and returns the saved row."""

    form_class = None
    template = "generic/form.html"
    title = ""
    submit_label = ""
    done_message = ""

    def row_for(self, request, **kwargs):
        """The row to edit, or None for a create."""
        if "uid" not in kwargs:
            return None
        return row_or_missing(self.model.objects.visible_to(request.user, "change"), uid=kwargs["uid"])

    def form_options(self):
        """What else the form is made with, once ``row_for`` has been asked."""
        return {}

    def initial(self, request, **kwargs):
        return {name: value for name, value in request.GET.items() if name in self.form_class.base_fields}

    def get(self, request, **kwargs):
        row = self.row_for(request, **kwargs)
        form = self.form_class(instance=row, user=request.user, initial=self.initial(request, **kwargs), **self.form_options())
        return self.show(form, row)

    def post(self, request, **kwargs):
        row = self.row_for(request, **kwargs)
        form = self.form_class(request.POST, request.FILES, instance=row, user=request.user, **self.form_options())
        state, status = FormState(), 422
        if row is None and (earlier := self.sent_before(form)) is not None:
            return HttpResponseRedirect(self.done_url(earlier))
        if form.is_valid():
            try:
                saved = self.save(form, row)
            except StaleEdit as stale:
                state, status = self.stale(form, row, stale), 412
            except Invalid as invalid:
                add_errors(form, invalid)
            except Refusal as refusal:
                state, status = FormState(error=str(refusal)), refusal.status
            else:
                messages.success(request, self.done_message or _("Saved."))
                return HttpResponseRedirect(self.done_url(saved))
        return self.show(form, row, state, status)

    def save(self, form, row):
        raise NotImplementedError

    def payload(self, form):
        """What tells a create sent twice from another one under the same uid."""
        return form.payload()

    def sent_before(self, form):
        """The row that this very form made when it was sent before; asked first, for its own row would make it invalid."""
        try:
            uid = form.fields["uid"].clean(form.data.get(form.add_prefix("uid")))
            return created_earlier(self.model, uid=uid, payload=self.payload(form), by=self.request.user) if uid else None
        except (ValidationError, Conflict):
            return None

    def done_url(self, row):
        return reverse(self.detail_name, args=[row.uid])

    def stale(self, form, row, stale):
        """Show what the newest version holds where it differs, and let the next save be made against it."""
        form.data = form.data.copy()
        form.data["version"] = stale.extra["version"]
        changed = [
            {"label": form.fields[name].label, "yours": told(form.fields[name], form.cleaned_data.get(name)),
             "newest": told(form.fields[name], newest)}
            for name, newest in stale.extra.get("changed", {}).items()
            if name in form.fields
        ]
        return FormState(error=str(stale), stale=changed)

    def show(self, form, row, state=None, status=200):
        state = state or FormState()
        context = {
            "form": form,
            "object": row,
            "title": self.title,
            "submit_label": self.submit_label or _("Save"),
            "cancel_url": self.request.META.get("HTTP_REFERER", "/") if row is None else self.done_url(row),
            "error": state.error,
            "stale": state.stale,
        }
        return render(self.request, self.template, context | self.more(form, row), status=status)

    def more(self, form, row):
        return {}


def told(field, value):
    """A value as the form's field shows it: the words of a choice, yes or no, nothing for nothing."""
    text = "" if value is None or str(value) == "None" else str(value)
    if isinstance(field, forms.BooleanField):
        return _("yes") if text == "True" else _("no")
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return dict(field.choices).get(text, text)
    return text


def add_errors(form, invalid):
    """Put a verb's errors beside the fields they are about; those of other fields above the form."""
    for name, sentences in invalid.extra.get("errors", {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


class VerbView(PageView):
    """A button that does one thing by POST and comes back: ``run(row)`` calls the verb and returns an address."""

    action = "change"

    def post(self, request, uid):
        row = row_or_missing(self.model.objects.visible_to(request.user, self.action), uid=uid)
        return redirect(self.run(row))
