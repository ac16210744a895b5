"""What each row of a file would do, shown before anything is written."""

import uuid
from dataclasses import dataclass, field
from typing import Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.models import Division, Industry, Unit
from crm.seeds import seed_divisions
from crm.text.words import core_name, squeeze
from liaisons.imports import values as parse
from liaisons.imports.cells import as_json, read_values
from liaisons.imports.columns import cell_name
from liaisons.imports.lines import Line, Refused, refuse
from liaisons.imports.matching import Known
from liaisons.models import ImportRow

# Asked for with every row, shown with few: put into the language when shown.
SAME_CODE = gettext_lazy("The same credit code stands in %(cell)s.")
SAME_ENTERPRISE = gettext_lazy("This is the same enterprise as in %(cell)s.")


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
    def of(cls, user) -> Self:
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


def preview_rows(rows, batch, user, tick=None) -> list[Line]:
    """The Line of every row below the headings, compared with what is there now.

    ``tick`` is called now and then with the rows that were read and how many there are.
    """
    tables = Tables.of(user)
    lines = _read_lines(rows, batch, tables, tick)
    # Only when all are read is it known which enterprises to look up.
    readable = [line for line in lines if line.outcome != ImportRow.Outcome.REFUSED]
    known, seen = Known([line.values for line in readable]), Seen()
    for line in readable:
        _unless_refused(line, _compare, batch, tables, known, seen)
    return lines


def _read_lines(rows, batch, tables, tick) -> list[Line]:
    """The Line of every row below the headings that is not empty, read or refused."""
    lines = []
    for number in range(batch.heading_row + 1, len(rows)):
        row = rows[number]
        if any(parse.text_of(value) for value in row):
            line = Line(batch=batch, number=number + 1)
            _unless_refused(line, _read, row, batch.columns, tables)
            lines.append(line)
        if tick and number % TICKED_EVERY == 0:
            tick(number, len(rows))
    return lines


def _unless_refused(line, step, *arguments) -> None:
    try:
        step(line, *arguments)
    except Refused as refused:
        refuse(line, refused)


def _read(line, row, columns, tables) -> None:
    """Read one row; Refused when it cannot be understood."""
    cells = {name: row[column] for name, column in columns.items() if column < len(row)}
    line.name = parse.text_of(cells.get("name"))[:200]
    line.values, notes = read_values(cells, columns, tables)
    line.notes = "；".join(notes)[:300]


def _compare(line, batch, tables, known, seen) -> None:
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


def _once(seen, key, here, sentence, column) -> None:
    if key in seen:
        raise Refused((sentence % {"cell": seen[key]}, column))
    seen[key] = here


def _new_name_once(seen, name, code, here, column) -> None:
    """Refuse a second new enterprise of one name, unless both have a code: these tell them apart."""
    other_code, other = seen.setdefault(name, (code, here))
    if other != here and not (code and other_code):
        raise Refused(
            (
                _("The same name stands in %(cell)s, and a code is missing.") % {"cell": other},
                column,
            )
        )


def be_new(line, batch, tables) -> None:
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


def be_compared(line, existing, tables) -> None:
    """Let the row change ``existing`` (a dictionary) where it says something else.

    What the file leaves empty stays.
    """
    if tables.allowed_units is not None:
        _require_allowed(line, existing, tables.allowed_units)
    differ = _differences(line.values, existing)
    _capital_whole(differ, line.values, existing)
    line.before = {name: as_json(existing[name]) for name in differ}
    line.values = differ
    line.enterprise_uid, line.enterprise_version = existing["uid"], existing["version"]
    line.outcome = ImportRow.Outcome.CHANGED if differ else ImportRow.Outcome.SAME


def _require_allowed(line: Line, existing: dict, units: frozenset) -> None:
    """Refuse a change of an enterprise, or a move of one, that is not within ``units``."""
    if existing["unit_id"] not in units:
        raise Refused((_("This enterprise belongs to a unit that is not one of yours."), None))
    if line.values.get("unit_id") is not None and line.values["unit_id"] not in units:
        sentence = _("The responsible unit is missing or not one of yours.")
        raise Refused((sentence, line.batch.columns.get("unit")))


def _differences(values: dict, existing: dict) -> dict:
    """The values that are not empty and others than those of ``existing``."""
    differ = {
        name: value
        for name, value in values.items()
        if value not in (None, "") and as_json(existing[name]) != as_json(value)
    }
    if "name" in differ and squeeze(differ["name"]) == squeeze(existing["name"]):
        del differ["name"]  # brackets, spaces or widths are written otherwise
    return differ


def _capital_whole(differ, values, existing) -> None:
    """Let amount, currency and words of the capital change together, and not at all when the amount
    is the same.
    """
    if "capital" in differ or "capital_currency" in differ:
        differ |= {name: values[name] for name in ("capital", "capital_currency", "capital_text")}
    elif existing["capital"] is not None:
        differ.pop("capital_text", None)
