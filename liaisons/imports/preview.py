"""What each row of a file would do, told before anything is written."""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.models import Division, Industry, Unit
from crm.scope import Scope
from crm.seeds import seed_divisions
from liaisons.codes import mended_credit_code, validate_credit_code
from liaisons.imports import values as parse
from liaisons.imports.columns import cell_name
from liaisons.imports.matching import Known
from liaisons.models import ImportRow


class Refused(Exception):
    """A row that cannot be taken: the reason, and the column (from 0) it is about."""

    def __init__(self, reason, column=None):
        super().__init__(reason)
        self.reason, self.column = reason, column


@dataclass
class Tables:
    """The code tables that rows are read with, each fetched once."""

    units: dict = field(default_factory=dict)  # name, short name or code → key
    divisions: dict = field(default_factory=dict)  # code → name
    division_codes: dict = field(default_factory=dict)  # name → codes
    industries: dict = field(default_factory=dict)  # code or name → code
    allowed_units: frozenset | None = None  # None: all of them

    @classmethod
    def of(cls, user):
        """The tables for an import by ``user`` (None: the system, which may write everywhere)."""
        if not Division.objects.exists():
            seed_divisions()
        tables = cls()
        for key, code, name, short in Unit.objects.values_list("pk", "code", "name", "short_name"):
            tables.units |= {code: key, name: key, short: key}
        for code, name in Division.objects.values_list("code", "name"):
            tables.divisions[code] = name
            tables.division_codes.setdefault(name, []).append(code)
        for code, name in Industry.objects.values_list("code", "name"):
            tables.industries |= {code: code, name: code}
        if user is not None and not Scope.of(user).whole:
            tables.allowed_units = Scope.of(user).units
        return tables


def preview_rows(rows, batch, user):
    """The ImportRow of every row below the headings (unsaved), compared with what is there now."""
    tables = Tables.of(user)
    known = Known(rows, batch)
    seen = {}
    result = []
    for number in range(batch.heading_row + 1, len(rows)):
        row = rows[number]
        if not any(parse.text_of(value) for value in row):
            continue
        line = ImportRow(batch=batch, number=number + 1)
        try:
            _fill(line, row, batch, tables, known, seen)
        except Refused as refused:
            line.outcome, line.reason = ImportRow.Outcome.REFUSED, refused.reason[:300]
            line.cell = cell_name(refused.column, line.number) if refused.column is not None else f"{line.number}"
        result.append(line)
    return result


def _fill(line, row, batch, tables, known, seen):
    """Read one row and decide what it would do; Refused when it cannot be taken."""
    columns = batch.columns
    cells = {name: row[column] for name, column in columns.items() if column < len(row)}
    line.name = parse.text_of(cells.get("name"))[:200]
    new_values, notes = read_values(cells, columns, tables)
    code = new_values.get("credit_code")
    if code:
        if code in seen:
            raise Refused(_("The same credit code stands in %(cell)s.") % {"cell": seen[code]}, columns["credit_code"])
        seen[code] = cell_name(columns["credit_code"], line.number)
    line.values, line.notes = new_values, "；".join(notes)[:300]
    existing, candidates = known.find(new_values)
    if candidates:
        line.outcome, line.candidates = ImportRow.Outcome.UNDECIDED, candidates
    elif existing is None:
        be_new(line, batch, tables)
    else:
        be_compared(line, existing, tables)


def be_new(line, batch, tables):
    """Let the row be a new enterprise; Refused without a name or outside the importer's units."""
    if not line.values.get("name"):
        raise Refused(_("A new enterprise needs a name."), batch.columns.get("name"))
    line.values.setdefault("unit_id", batch.unit_id)
    if tables.allowed_units is not None and line.values["unit_id"] not in tables.allowed_units:
        raise Refused(_("The responsible unit is missing or not one of yours."), batch.columns.get("unit"))
    line.outcome, line.enterprise_uid, line.enterprise_version = ImportRow.Outcome.NEW, uuid.uuid4(), 0
    line.before = {}


def be_compared(line, existing, tables):
    """Let the row change ``existing`` (a dictionary) where it says something else; what the file leaves empty stays."""
    if tables.allowed_units is not None:
        if existing["unit_id"] not in tables.allowed_units:
            raise Refused(_("This enterprise belongs to a unit that is not one of yours."))
        if line.values.get("unit_id") is not None and line.values["unit_id"] not in tables.allowed_units:
            raise Refused(_("The responsible unit is missing or not one of yours."))
    differ = {
        name: value for name, value in line.values.items() if value not in (None, "") and _plain(existing[name]) != _plain(value)
    }
    line.before = {name: _plain(existing[name]) for name in differ}
    line.values = differ
    line.enterprise_uid, line.enterprise_version = existing["uid"], existing["version"]
    line.outcome = ImportRow.Outcome.CHANGED if differ else ImportRow.Outcome.SAME


def _plain(value):
    """A value as JSON keeps it, so that what is there and what a file says compare alike."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def read_values(cells, columns, tables):
    """``(values, notes)`` of a row's cells: JSON values by field name, and what was mended on the way."""
    result, notes = {}, []
    name = parse.text_of(cells.get("name"))
    if "name" in cells:
        if len(name) > 160:
            raise Refused(_("A name has at most 160 characters."), columns["name"])
        result["name"] = name
    if "credit_code" in cells:
        result["credit_code"] = _code(cells["credit_code"], columns["credit_code"], notes)
    if not result.get("name") and not result.get("credit_code"):
        raise Refused(_("Neither a name nor a credit code."), columns.get("name", columns.get("credit_code")))
    for field_name, (parser, target) in _SIMPLE.items():
        if field_name in cells:
            try:
                value = parser(cells[field_name])
            except parse.Unreadable as unreadable:
                raise Refused(str(unreadable), columns[field_name]) from None
            result[target] = _plain(value)
    if "address" in result and len(result["address"]) > 200:
        raise Refused(_("An address has at most 200 characters."), columns["address"])
    if "capital" in cells:
        _capital(cells["capital"], columns["capital"], result)
    _coded(cells, columns, tables, result, notes)
    return result, notes


_SIMPLE = {
    "address": (parse.text_of, "address"),
    "founded_on": (parse.day, "founded_on"),
    "status": (parse.status, "status"),
    "employees": (parse.count, "employees"),
    "above_scale": (parse.yes, "above_scale"),
}


def _code(value, column, notes):
    raw = parse.text_of(value)
    code = mended_credit_code(raw)
    if not code:
        return None
    try:
        validate_credit_code(code)
    except ValidationError as error:
        raise Refused(error.messages[0], column) from None
    if code != raw:
        notes.append(_("Credit code mended from “%(raw)s”.") % {"raw": raw[:30]})
    return code


def _capital(value, column, result):
    try:
        amount, currency = parse.capital(value)
    except parse.Unreadable as unreadable:
        raise Refused(str(unreadable), column) from None
    result["capital"] = None if amount is None else str(amount)
    result["capital_currency"], result["capital_text"] = currency, parse.text_of(value)[:60]


def _division(text, tables, notes):
    """The code of the division that ``text`` names; a code outside the national table counts for the city it lies in."""
    if text in tables.divisions:
        return text
    city = f"{text[:4]}00"
    if text.isdigit() and city in tables.divisions:
        notes.append(
            _("Division %(code)s is not in the national table; %(city)s was taken.") % {"code": text, "city": tables.divisions[city]}
        )
        return city
    named = tables.division_codes.get(text, [])
    return named[0] if len(named) == 1 else None


def _coded(cells, columns, tables, result, notes):
    """Division, industry and unit: by code or by name."""
    if "division" in cells and (text := parse.division_code(cells["division"])):
        code = _division(text, tables, notes)
        if code is None:
            raise Refused(_("“%(text)s” is no division that is known.") % {"text": text[:40]}, columns["division"])
        result["division_id"] = code
        if code == "330327" and "龙港" in (result.get("address") or "") + (result.get("name") or ""):
            notes.append(_("The address speaks of 龙港, which is 330383 since 2019; the file says 330327."))
    if "industry" in cells and (text := parse.text_of(cells["industry"])):
        code = tables.industries.get(text) or tables.industries.get(text[:2]) or tables.industries.get(text[1:3])
        if code:
            result["industry_id"] = code
        else:
            notes.append(_("Industry “%(text)s” is not known and was left empty.") % {"text": text[:30]})
    if "unit" in cells and (text := parse.text_of(cells["unit"])):
        if text not in tables.units:
            raise Refused(_("There is no unit called “%(text)s”.") % {"text": text[:40]}, columns["unit"])
        result["unit_id"] = tables.units[text]

