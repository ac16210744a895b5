"""The page of one row."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Model

from crm.db.scope import may
from crm.pages.generic.pages import RowView


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


class NounDetailView(RowView):
    """One row: its facts, what may be done with it, and panels that other features fill."""

    template_name = "generic/detail.html"

    def get_title(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: object) -> dict:
        row = self.object
        return super().get_context_data(
            subtitle=self.subtitle(row),
            badges=self.badges(row),
            facts=[{"label": label, "value": value} for label, value in self.facts(row)],
            actions=self.actions(row),
            panels=self.panels(row),
            **kwargs,
        )

    def subtitle(self, row: Model) -> str:
        return ""

    def badges(self, row: Model) -> Iterable[dict]:
        return []

    def facts(self, row: Model) -> Iterable[tuple[str, object]]:
        return []

    def actions(self, row: Model) -> Iterable[Action]:
        return []

    def panels(self, row: Model) -> Iterable[Panel]:
        return []

    @cached_property
    def may_change(self) -> bool:
        """Whether the person of this request may change the row, asked once a request."""
        return may(self.request.user, "change", self.object)
