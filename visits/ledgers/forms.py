"""The form in which one says how a ledger is laid out."""

import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits.ledgers.columns import COLUMNS


class LedgerForm(forms.Form):
    """Title, filling unit, and the columns: ``order`` names all of them in their order, ``shown``
    those that are wanted.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=60,
        help_text=gettext_lazy("{unit} stands for the unit that fills it in."),
    )
    filling_unit = forms.CharField(label=gettext_lazy("Filling unit"), max_length=60)
    shared = forms.BooleanField(required=False)

    def __init__(self, data=None, *, layout=None, unit=None) -> None:
        """``layout`` is what the form begins with.

        ``unit`` the one whose layout the person may set, or None.
        """
        initial = {"title": layout.title, "filling_unit": layout.filling_unit} if layout else None
        super().__init__(data, initial=initial)
        if unit is None:
            del self.fields["shared"]
        else:
            self.fields["shared"].label = _(
                "Also for everybody in %(unit)s and below it who has not chosen yet"
            ) % {"unit": unit.name}
        self.order = self._order(data.getlist("order") if data is not None else layout.columns)
        self.shown = [
            key
            for key in self.order
            if key in (data.getlist("shown") if data is not None else layout.columns)
        ]

    @staticmethod
    def _order(wanted) -> list:
        """All columns: those named first and in that order, then the others in the customary one."""
        named = list(dict.fromkeys(key for key in wanted if key in COLUMNS))
        return named + [key for key in COLUMNS if key not in named]

    def clean(self) -> dict[str, Any] | None:
        if not self.shown:
            self.add_error(None, _("Choose at least one column."))
        return super().clean()

    def move(self, way, key) -> None:
        """Put the column ``key`` one place "up" or "down"; anything else changes nothing."""
        if key in self.order:
            place = self.order.index(key)
            other = place + {"up": -1, "down": 1}.get(way, 0)
            if 0 <= other < len(self.order):
                self.order[place], self.order[other] = self.order[other], self.order[place]
                self.moved = key

    def lines(self) -> Iterator[dict[str, Any]]:
        """The columns as the page shows them."""
        last, moved = len(self.order) - 1, getattr(self, "moved", None)
        for place, key in enumerate(self.order):
            yield {
                "key": key,
                "label": COLUMNS[key].label,
                "shown": key in self.shown,
                "first": place == 0,
                "last": place == last,
                "moved": key == moved,
            }
