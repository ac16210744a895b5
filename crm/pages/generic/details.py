"""The page of one row."""

from dataclasses import dataclass

from django.shortcuts import render

from crm.db.scope import may
from crm.pages.generic.pages import PageView, row_or_missing


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


class NounDetailView(PageView):
    """One row: its facts, what may be done with it, and panels that other rooms fill."""

    template = "generic/detail.html"
    related = ()

    def get(self, request, uid):
        return self.page(
            request,
            row_or_missing(
                self.model.objects.visible_to(request.user).select_related(*self.related), uid=uid
            ),
        )

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
