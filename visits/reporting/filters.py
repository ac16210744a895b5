"""The one filter bar of the managers' dashboard."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.models import Unit, divisions_in_use
from crm.pages.filters import SHOWING, sections
from crm.pages.widgets import LongSelect
from visits.models import Visit
from visits.reporting.figures import FIGURES, Cut, Months
from visits.reporting.figures.cut import month_after

#: The longest period, in months: what the chart of months can still show.
LONGEST = 60
PERIODS = (
    ("this_month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("this_quarter", gettext_lazy("This quarter")),
    ("this_year", gettext_lazy("This year")),
    ("last_12_months", gettext_lazy("Last 12 months")),
)
DEFAULT_PERIOD = "last_12_months"
SORTS = [
    (f"{sign}{name}", name)
    for name in ("unit", *(figure.key for figure in FIGURES))
    for sign in ("", "-")
]
#: What the dashboard needs of hundreds of units.
UNIT_COLUMNS = ("pk", "parent_id", "code", "name", "path", "level", "kind", "closed_on")


def months_of(period, today) -> Months:
    """The months that the name of a period (PERIODS) means on a day."""
    this = today.replace(day=1)
    first = {
        "this_month": this,
        "last_month": month_after(this, -1),
        "this_quarter": month_after(this, -((this.month - 1) % 3)),
        "this_year": this.replace(month=1),
        "last_12_months": month_after(this, -11),
    }[period]
    return Months(first, first if period == "last_month" else this)


class Choices(BaseChoiceIterator):
    """Choices that are pairs already: Django would look at each of hundreds again."""

    def __init__(self, pairs) -> None:
        self.pairs = pairs

    def __iter__(self) -> Any:
        return iter(self.pairs)


class MonthField(forms.Field):
    """A month written 2026-01; cleaned to its first day."""

    widget = forms.TextInput(
        attrs={"type": "month", "placeholder": "2026-01", "autocomplete": "off"}
    )

    def to_python(self, value) -> datetime.date | None:
        if value in self.empty_values:
            return None
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", str(value), re.ASCII):
            raise ValidationError(_("Write the month like 2026-01."))
        month = datetime.date.fromisoformat(f"{value}-01")
        if month > timezone.localdate():
            raise ValidationError(_("This month has not begun yet."))
        return month


class DashboardForm(forms.Form):
    """What the dashboard shows.

    ``cut`` and ``months`` are there when the form is valid.

    The units to choose from are the asker's own and those below; any other is no choice, as one
    that does not exist.
    """

    month_from = MonthField(label=gettext_lazy("From month"), required=False)
    month_to = MonthField(label=gettext_lazy("To month"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False, widget=LongSelect)
    division = forms.ChoiceField(label=gettext_lazy("Division"), required=False, widget=LongSelect)
    section = forms.ChoiceField(label=gettext_lazy("Industry"), required=False, widget=LongSelect)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    period = forms.ChoiceField(
        required=False, choices=PERIODS, widget=forms.HiddenInput, label=gettext_lazy("Period")
    )
    sort = forms.ChoiceField(
        required=False, choices=SORTS, widget=forms.HiddenInput, label=gettext_lazy("Order")
    )

    def __init__(self, data, *, user) -> None:
        super().__init__(data)
        self.whole, self.own_unit, self.today = (
            Scope.of(user).whole,
            user.unit,
            timezone.localdate(),
        )
        below = Unit.objects.below(user.unit).order_by("path")
        self.units = list(below.values_list(*UNIT_COLUMNS, named=True))
        self.divisions = {division.pk: division for division in divisions_in_use()}
        everything = ("", _("Any"))
        indent = ["　" * (level - user.unit.level) for level in range(20)]
        units = [(unit.code, indent[unit.level] + unit.name) for unit in self.units]
        self.fields["unit"].choices = Choices([everything, *units] if self.whole else units)
        self.fields["division"].choices = Choices(
            [everything, *((code, str(row)) for code, row in self.divisions.items())]
        )
        self.fields["section"].choices = Choices([everything, *sections()])
        self.fields["kind"].choices = Choices([everything, *Visit.Kind.choices])

    def shown_months(self) -> tuple[str, str] | tuple:
        """What the two fields of months show: what was typed, or the months that the period's name
        means.
        """
        if self.is_valid():
            return f"{self.months.first:%Y-%m}", f"{self.months.last:%Y-%m}"
        return self.data.get("month_from", ""), self.data.get("month_to", "")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        unknown = sorted(
            name for name in self.data if name not in self.fields and name not in SHOWING
        )
        if unknown:
            self.add_error(
                None, _("There is no filter called %(names)s.") % {"names": ", ".join(unknown)}
            )
        self._clean_period(cleaned)
        return cleaned

    def _clean_period(self, cleaned) -> None:
        if self.errors:
            return
        first, last = cleaned["month_from"], cleaned["month_to"]
        if cleaned["period"] and (first or last):
            self.add_error(None, _("Choose either a period by name or its months."))
        elif last and not first:
            self.add_error("month_from", _("Choose the first month too."))
        elif first:
            self.months = Months(first, last or self.today.replace(day=1))
            if self.months.last < first:
                self.add_error("month_to", _("The period ends before it begins."))
            elif len(self.months) > LONGEST:
                self.add_error(
                    "month_from", _("A period has at most %(count)d months.") % {"count": LONGEST}
                )
        else:
            self.months = months_of(cleaned["period"] or DEFAULT_PERIOD, self.today)

    @property
    def cut(self) -> Cut:
        """The question that the filters ask."""
        chosen = self.cleaned_data
        by_code = {unit.code: unit for unit in self.units}
        return Cut(
            months=self.months,
            unit=by_code.get(chosen["unit"])
            or (None if self.whole else by_code[self.own_unit.code]),
            division=self.divisions.get(chosen["division"]),
            section=chosen["section"],
            kind=chosen["kind"],
        )

    def set_count(self) -> int:
        """How many filters are set beside the period."""
        return sum(1 for name in ("unit", "division", "section", "kind") if self.data.get(name))
