"""What the cells of one row say: each read as its column's kind, mended where that is certain, else refused."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liaisons.codes import mended_credit_code, validate_credit_code
from liaisons.imports import values as parse
from liaisons.imports.formulas import WithoutResult
from liaisons.imports.lines import Refused

LONG_NAME = gettext_lazy("A name has at most 160 characters.")


LONG_ADDRESS = gettext_lazy("An address has at most 200 characters.")


NO_RESULT = gettext_lazy(
    "This is a formula without a stored result. Open the file in Excel, save it and choose it again."
)


def as_json(value):
    """A value as JSON keeps it, so that what is there and what a file says compare alike."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def read_values(cells, columns, tables) -> tuple[dict, list]:
    """``(values, notes)`` of a row's cells: JSON values by field name, and what was mended on the
    way.

    Refused with the faults of all its cells, so that a file is mended in one go.
    """
    result, notes, faults = {}, [], []
    for name, value in cells.items():
        try:
            if isinstance(value, WithoutResult):
                raise Refused((NO_RESULT, columns[name]))
            _READERS[name](value, columns[name], tables, result, notes)
        except parse.Unreadable as unreadable:
            faults.append((str(unreadable), columns[name]))
        except Refused as refused:
            faults += refused.faults
    if not faults and not result.get("name") and not result.get("credit_code"):
        faults.append(
            (
                _("Neither a name nor a credit code."),
                columns.get("name", columns.get("credit_code")),
            )
        )
    if faults:
        raise Refused(*sorted(faults, key=lambda fault: fault[1]))
    _old_longgang(result, notes)
    return result, notes


def _name(value, column, tables, result, notes) -> None:
    result["name"] = _at_most(160, parse.name(value), LONG_NAME, column)


def _address(value, column, tables, result, notes) -> None:
    result["address"] = _at_most(200, parse.text_of(value), LONG_ADDRESS, column)


def _at_most(length, text, sentence, column) -> Any:
    if len(text) > length:
        raise Refused((sentence, column))
    return text


def _simple(field_name, parser) -> Callable[..., Any]:
    def read(value, column, tables, result, notes) -> None:
        result[field_name] = as_json(parser(value))

    return read


def _credit_code(value, column, tables, result, notes) -> None:
    raw = parse.text_of(value)
    code = mended_credit_code(raw) or None
    if code:
        try:
            validate_credit_code(code)
        except ValidationError as error:
            raise Refused((error.messages[0], column)) from None
        if code != raw:
            notes.append(_("Credit code mended from “%(raw)s”.") % {"raw": raw[:30]})
    result["credit_code"] = code


def _capital(value, column, tables, result, notes) -> None:
    amount, currency = parse.capital(value)
    result["capital"] = None if amount is None else str(amount)
    result["capital_currency"], result["capital_text"] = currency, parse.text_of(value)[:60]


def _division(value, column, tables, result, notes) -> None:
    if text := parse.division_code(value):
        result["division_id"] = _division_called(text, tables, notes)
        if result["division_id"] is None:
            raise Refused(
                (_("“%(text)s” is no division that is known.") % {"text": text[:40]}, column)
            )


def _division_called(text, tables, notes) -> Any:
    """The code of the division that ``text`` names.

    A code outside the national table counts for the city it lies in.
    """
    if text in tables.divisions:
        return text
    city = f"{text[:4]}00"
    if text.isdigit() and city in tables.divisions:
        notes.append(
            _("Division %(code)s is not in the national table; %(city)s was taken.")
            % {"code": text, "city": tables.divisions[city]}
        )
        return city
    named = tables.division_codes.get(text, [])
    return named[0] if len(named) == 1 else None


def _old_longgang(result, notes) -> None:
    if result.get("division_id") == "330327" and "龙港" in (result.get("address") or "") + (
        result.get("name") or ""
    ):
        notes.append(
            _("The address speaks of 龙港, which is 330383 since 2019; the file says 330327.")
        )


def _industry(value, column, tables, result, notes) -> None:
    if text := parse.text_of(value):
        code = (
            tables.industries.get(text)
            or tables.industries.get(text[:2])
            or tables.industries.get(text[1:3])
        )
        if code:
            result["industry_id"] = code
        else:
            notes.append(
                _("Industry “%(text)s” is not known and was left empty.") % {"text": text[:30]}
            )


def _unit(value, column, tables, result, notes) -> None:
    if text := parse.text_of(value):
        if text not in tables.units:
            raise Refused((_("There is no unit called “%(text)s”.") % {"text": text[:40]}, column))
        result["unit_id"] = tables.units[text]


#: field → how its cell is read: ``reader(value, column, tables, result, notes)`` writes to
#: ``result`` and ``notes``.
_READERS = {
    "name": _name,
    "credit_code": _credit_code,
    "division": _division,
    "address": _address,
    "capital": _capital,
    "industry": _industry,
    "unit": _unit,
    "founded_on": _simple("founded_on", parse.day),
    "status": _simple("status", parse.status),
    "employees": _simple("employees", parse.count),
    "above_scale": _simple("above_scale", parse.yes),
}
