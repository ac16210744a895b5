"""Forms for importing enterprises."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.db.scope import Scope
from crm.models import Unit
from crm.pages.filters import UnitChoice
from crm.pages.forms import KeysMixin
from liaisons.imports.columns import FIELDS
from liaisons.imports.sheets import letters


def units_of(user) -> QuerySet[Any]:
    """The units that an import by ``user`` may make responsible."""
    units = Unit.objects.filter(closed_on__isnull=True).order_by("path")
    return units if Scope.of(user).whole else units.filter(pk__in=Scope.of(user).units)


class ImportUploadForm(KeysMixin, forms.Form):
    """The file, and who answers for enterprises whose row does not say."""

    file = forms.FileField(
        label=_("Spreadsheet (.xlsx, .xls or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    unit = UnitChoice(
        Unit.objects.none(),
        to_field_name="code",
        required=False,
        label=_("responsible unit where the file names none"),
    )

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(user)


def _columns(rows: list[list], heading_row: int) -> list[tuple[str, str]]:
    """The choices of a field's column: its letters, its heading, and what stands below that."""
    first = rows[heading_row + 1] if heading_row + 1 < len(rows) else []
    choices = [("", "—")]
    for column, head in enumerate(rows[heading_row]):
        value = first[column] if column < len(first) else None
        sample = "" if value in (None, "") else str(value)[:20]
        label = f"{letters(column)} {head or ''}" + (f"（{sample}）" if sample else "")
        choices.append((str(column), label))
    return choices


class ImportMapForm(KeysMixin, forms.Form):
    """Which column holds which field; the headings and first values of the file are the choices."""

    heading_row = forms.IntegerField(label=_("Row of the headings"), min_value=1, max_value=50)
    default_unit = UnitChoice(
        Unit.objects.none(),
        to_field_name="code",
        required=False,
        label=_("responsible unit where the file names none"),
    )

    def __init__(self, *args, user, rows, heading_row, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_unit"].queryset = units_of(user)
        choices = _columns(rows, heading_row)
        for name, (label, _headings) in FIELDS.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def columns(self) -> dict[str, int]:
        """Field → column (from 0) as chosen."""
        return {
            name: int(self.cleaned_data[name]) for name in FIELDS if self.cleaned_data.get(name)
        }
