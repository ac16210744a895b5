"""What each row of a file would do, told before anything is written."""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.models import Division, Industry, Unit
from crm.seeds import seed_divisions
from crm.text.words import core_name, squeeze
from liaisons.codes import mended_credit_code, validate_credit_code
from liaisons.imports import values as parse
from liaisons.imports.columns import cell_name
from liaisons.imports.formulas import WithoutResult
from liaisons.imports.lines import Line, Refused, refuse
from liaisons.imports.matching import Known
from liaisons.models import ImportRow

# Asked for with every row, told with few: put into the language when told.
SAME_CODE = gettext_lazy("The same credit code stands in %(cell)s.")
SAME_ENTERPRISE = gettext_lazy("This is the same enterprise as in %(cell)s.")
LONG_NAME = gettext_lazy("A name has at most 160 characters.")
LONG_ADDRESS = gettext_lazy("An address has at most 200 characters.")
NO_RESULT = gettext_lazy(
    "This is a formula without a stored result. Open the file in Excel, save it and choose it again."
)


#: Rows after which is said how far it is.
TICKED_EVERY = 1000


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


@dataclass
class Seen:
    """What stood in the rows above: each thing once, with the cell that said it."""

    codes: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)  # core name of a new enterprise → (code, cell)
    enterprises: dict = field(default_factory=dict)  # uid of one that is there → cell


def preview_rows(rows, batch, user, tick=None):
    """The Line of every row below the headings, compared with what is there now.

    ``tick`` is called now and then with the rows that were read and how many there are.
    """
    tables = Tables.of(user)
    lines = []
    for number in range(batch.heading_row + 1, len(rows)):
        row = rows[number]
        if any(parse.text_of(value) for value in row):
            line = Line(batch=batch, number=number + 1)
            _unless_refused(line, _read, row, batch.columns, tables)
            lines.append(line)
        if tick and number % TICKED_EVERY == 0:
            tick(number, len(rows))
    # Only when all are read is it known which enterprises to look up.
    readable = [line for line in lines if line.outcome != ImportRow.Outcome.REFUSED]
    known, seen = Known([line.values for line in readable]), Seen()
    for line in readable:
        _unless_refused(line, _compare, batch, tables, known, seen)
    return lines


def _unless_refused(line, step, *arguments):
    try:
        step(line, *arguments)
    except Refused as refused:
        refuse(line, refused)


def _read(line, row, columns, tables):
    """Read one row; Refused when it cannot be understood."""
    cells = {name: row[column] for name, column in columns.items() if column < len(row)}
    line.name = parse.text_of(cells.get("name"))[:200]
    line.values, notes = read_values(cells, columns, tables)
    line.notes = "；".join(notes)[:300]


def _compare(line, batch, tables, known, seen):
    """Decide what a row that was read would do; Refused when it cannot be taken."""
    columns, new_values = batch.columns, line.values
    place = columns.get("credit_code") if new_values.get("credit_code") else columns.get("name")
    here = cell_name(place, line.number)
    if code := new_values.get("credit_code"):
        _once(seen.codes, code, here, SAME_CODE, place)
    existing, candidates = known.find(new_values)
    if candidates:
        line.outcome, line.candidates = ImportRow.Outcome.UNDECIDED, candidates
    elif existing is None:
        be_new(line, batch, tables)
        _new_name_once(seen.names, core_name(new_values["name"]), code, here, columns["name"])
    else:
        _once(seen.enterprises, existing["uid"], here, SAME_ENTERPRISE, place)
        be_compared(line, existing, tables)


def _once(seen, key, here, sentence, column):
    if key in seen:
        raise Refused((sentence % {"cell": seen[key]}, column))
    seen[key] = here


def _new_name_once(seen, name, code, here, column):
    """Refuse a second new enterprise of one name, unless both have a code: these tell them apart."""
    other_code, other = seen.setdefault(name, (code, here))
    if other != here and not (code and other_code):
        raise Refused(
            (
                _("The same name stands in %(cell)s, and a code is missing.") % {"cell": other},
                column,
            )
        )


def be_new(line, batch, tables):
    """Let the row be a new enterprise; Refused without a name or outside the importer's units."""
    if not line.values.get("name"):
        raise Refused((_("A new enterprise needs a name."), batch.columns.get("name")))
    line.values.setdefault("unit_id", batch.unit_id)
    if tables.allowed_units is not None and line.values["unit_id"] not in tables.allowed_units:
        raise Refused(
            (_("The responsible unit is missing or not one of yours."), batch.columns.get("unit"))
        )
    line.outcome, line.enterprise_uid, line.enterprise_version = (
        ImportRow.Outcome.NEW,
        uuid.uuid4(),
        0,
    )
    line.before = {}


def be_compared(line, existing, tables):
    """Let the row change ``existing`` (a dictionary) where it says something else.

    What the file leaves empty stays.
    """
    if tables.allowed_units is not None:
        if existing["unit_id"] not in tables.allowed_units:
            raise Refused((_("This enterprise belongs to a unit that is not one of yours."), None))
        if (
            line.values.get("unit_id") is not None
            and line.values["unit_id"] not in tables.allowed_units
        ):
            raise Refused(
                (
                    _("The responsible unit is missing or not one of yours."),
                    line.batch.columns.get("unit"),
                )
            )
    differ = {
        name: value
        for name, value in line.values.items()
        if value not in (None, "") and _plain(existing[name]) != _plain(value)
    }
    if "name" in differ and squeeze(differ["name"]) == squeeze(existing["name"]):
        del differ["name"]  # brackets, spaces or widths are written otherwise
    _capital_whole(differ, line.values, existing)
    line.before = {name: _plain(existing[name]) for name in differ}
    line.values = differ
    line.enterprise_uid, line.enterprise_version = existing["uid"], existing["version"]
    line.outcome = ImportRow.Outcome.CHANGED if differ else ImportRow.Outcome.SAME


def _capital_whole(differ, values, existing):
    """Let amount, currency and words of the capital change together, and not at all when the amount
    is the same.
    """
    if "capital" in differ or "capital_currency" in differ:
        differ |= {name: values[name] for name in ("capital", "capital_currency", "capital_text")}
    elif existing["capital"] is not None:
        differ.pop("capital_text", None)


def _plain(value):
    """A value as JSON keeps it, so that what is there and what a file says compare alike."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def read_values(cells, columns, tables):
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


def _name(value, column, tables, result, notes):
    result["name"] = _at_most(160, parse.name(value), LONG_NAME, column)


def _address(value, column, tables, result, notes):
    result["address"] = _at_most(200, parse.text_of(value), LONG_ADDRESS, column)


def _at_most(length, text, sentence, column):
    if len(text) > length:
        raise Refused((sentence, column))
    return text


def _simple(field_name, parser):
    def read(value, column, tables, result, notes):
        result[field_name] = _plain(parser(value))

    return read


def _credit_code(value, column, tables, result, notes):
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


def _capital(value, column, tables, result, notes):
    amount, currency = parse.capital(value)
    result["capital"] = None if amount is None else str(amount)
    result["capital_currency"], result["capital_text"] = currency, parse.text_of(value)[:60]


def _division(value, column, tables, result, notes):
    if text := parse.division_code(value):
        result["division_id"] = _division_called(text, tables, notes)
        if result["division_id"] is None:
            raise Refused(
                (_("“%(text)s” is no division that is known.") % {"text": text[:40]}, column)
            )


def _division_called(text, tables, notes):
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


def _old_longgang(result, notes):
    if result.get("division_id") == "330327" and "龙港" in (result.get("address") or "") + (
        result.get("name") or ""
    ):
        notes.append(
            _("The address speaks of 龙港, which is 330383 since 2019; the file says 330327.")
        )


def _industry(value, column, tables, result, notes):
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


def _unit(value, column, tables, result, notes):
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
