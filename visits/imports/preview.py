"""What each row of a list of problems would do, told before anything is written."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Unit
from crm.text.words import core_name, squeeze
from liaisons.codes import mended_credit_code, validate_credit_code
from liaisons.imports import values as parse
from liaisons.imports.cells import NO_RESULT
from liaisons.imports.columns import cell_name
from liaisons.imports.formulas import WithoutResult
from liaisons.imports.lines import Refused, refuse
from liaisons.models import Enterprise
from visits.imports import values
from visits.models import Problem, ProblemCategory, ProblemImportRow
from visits.models.dictionaries import successors
from visits.models.visits import NOTES_LIMIT

CHUNK = 5000
Outcome = ProblemImportRow.Outcome


@dataclass
class Tables:
    """What rows are read with, each fetched once: the enterprises are those that the importer may
    see.
    """

    by_code: dict = field(default_factory=dict)  # credit code → (key, name)
    by_name: dict = field(default_factory=dict)  # squeezed name → [(key, name)]
    units: dict = field(default_factory=dict)  # name, short name or code → key
    categories: dict = field(default_factory=dict)  # code, name or "above/below" → keys
    known: dict = field(default_factory=dict)  # (enterprise, squeezed title, day) → where it stands

    @classmethod
    def of(cls, rows, batch, user) -> Self:
        """The tables for the rows of a batch by ``user``.

        A few statements, whatever the number of rows.
        """
        tables, column = cls(), batch.columns.get
        body = rows[batch.heading_row + 1 :]
        codes = (
            {mended_credit_code(parse.text_of(row[column("credit_code")])) for row in body}
            if "credit_code" in batch.columns
            else set()
        )
        names = (
            {core_name(parse.text_of(row[column("name")])) for row in body}
            if "name" in batch.columns
            else set()
        )
        for key, code, name in _fetched(user, "credit_code", codes):
            tables.by_code[code] = key, name
        for key, _code, name in _fetched(user, "core_name", names):
            tables.by_name.setdefault(squeeze(name), []).append((key, name))
        for key, code, name, short in Unit.objects.filter(closed_on__isnull=True).values_list(
            "pk", "code", "name", "short_name"
        ):
            tables.units |= {code: key, name: key, short: key}
        tables.add_categories()
        tables.add_problems()
        return tables

    def add_categories(self) -> None:
        last = successors()
        for key, code, name, above in ProblemCategory.objects.values_list(
            "pk", "code", "name", "parent__name"
        ):
            for word in (code, squeeze(name), squeeze(f"{above or ''}{name}")):
                self.categories.setdefault(word, set()).add(last[key])

    def add_problems(self) -> None:
        keys = sorted(
            {
                key
                for key, _name in [
                    *self.by_code.values(),
                    *(pair for pairs in self.by_name.values() for pair in pairs),
                ]
            }
        )
        for start in range(0, len(keys), CHUNK):
            found = Problem._base_manager.filter(enterprise__in=keys[start : start + CHUNK])
            for enterprise, title, day in found.values_list("enterprise", "title", "reported_on"):
                self.known[enterprise, squeeze(title), day] = ""


def _fetched(user, column, wanted) -> Iterator[Any]:
    wanted = sorted(wanted - {""})
    for start in range(0, len(wanted), CHUNK):
        found = Enterprise.objects.visible_to(user).filter(
            **{f"{column}__in": wanted[start : start + CHUNK]}
        )
        yield from found.values_list("pk", "credit_code", "name")


def preview_rows(rows, batch, user) -> list:
    """The ProblemImportRow of every row below the headings (unsaved), compared with the problems
    that are there now.
    """
    tables, result = Tables.of(rows, batch, user), []
    for number in range(batch.heading_row + 1, len(rows)):
        row = rows[number]
        if not any(parse.text_of(value) for value in row):
            continue
        line = ProblemImportRow(batch=batch, number=number + 1)
        try:
            _fill(line, row, batch.columns, tables)
        except Refused as refused:
            refuse(line, refused)
        result.append(line)
    return result


def _fill(line, row, columns, tables) -> None:
    """Read one row and decide what it would do; Refused with the faults of all its cells."""
    cells = {name: row[column] for name, column in columns.items() if column < len(row)}
    line.name = " · ".join(
        filter(None, (parse.text_of(cells.get("name")), parse.text_of(cells.get("title"))))
    )[:200]
    read, faults = {}, []
    for name, reader in _READERS.items():
        column = next(
            (columns[part] for part in (name, *_ALSO.get(name, ())) if part in columns), None
        )
        try:
            if isinstance(cells.get(name), WithoutResult):
                raise parse.Unreadable(NO_RESULT)
            read |= reader(cells, tables, line)
        except parse.Unreadable as unreadable:
            faults.append((str(unreadable), column))
    if faults:
        raise Refused(*faults)
    moment = read["reported_at"]
    line.values = read | {"reported_at": moment and moment.isoformat()}
    day = timezone.localdate(moment) if moment else timezone.localdate()
    key = read["enterprise_id"], squeeze(read["title"]), day
    here = cell_name(columns.get("title", columns.get("description")), line.number)
    if (other := tables.known.setdefault(key, here)) != here:
        line.outcome = Outcome.SAME
        line.notes = (
            _("The same stands in %(cell)s.") % {"cell": other}
            if other
            else _("It has been reported already.")
        )
    else:
        line.outcome, line.problem_uid = Outcome.NEW, uuid.uuid4()


def _enterprise(cells, tables, line) -> dict[str, Any]:
    """Which enterprise it is: by its code, else by its whole name.

    One that is not the importer's to see is not there.
    """
    raw, name = parse.text_of(cells.get("credit_code")), parse.name(cells.get("name"))
    code = mended_credit_code(raw)
    if code:
        try:
            validate_credit_code(code)
        except ValidationError as error:
            raise parse.Unreadable(error.messages[0]) from None
        found = [tables.by_code[code]] if code in tables.by_code else []
    else:
        found = tables.by_name.get(squeeze(name), [])
    if not code and not name:
        raise parse.Unreadable(_("Neither a name nor a credit code."))
    if len(found) > 1:
        raise parse.Unreadable(
            _("Several enterprises are called “%(name)s”. Write the credit code.")
            % {"name": name[:60]}
        )
    if not found:
        raise parse.Unreadable(
            _("No enterprise of yours is called “%(name)s”.")
            % {"name": (raw if code else name)[:60]}
        )
    key, known_as = found[0]
    if name and squeeze(name) != squeeze(known_as):
        line.notes = _("The code is that of %(name)s.") % {"name": known_as[:100]}
    return {"enterprise_id": key}


def _title(cells, tables, line) -> dict[str, str]:
    title = parse.text_of(cells.get("title")) or values.title_from(
        str(cells.get("description") or "").strip()
    )
    if not title:
        raise parse.Unreadable(_("Say in one line what the problem is."))
    if len(title) > 120:
        raise parse.Unreadable(_("A title has at most 120 characters."))
    return {"title": title}


def _description(cells, tables, line) -> dict[str, str]:
    text = str(cells.get("description") or "").strip()
    if len(text) > NOTES_LIMIT:
        raise parse.Unreadable(
            _("A description has at most %(count)d characters.") % {"count": NOTES_LIMIT}
        )
    return {"description": text}


def _category(cells, tables, line) -> dict[str, None]:
    text = parse.text_of(cells.get("category"))
    if not text:
        return {"category_id": None}
    found = tables.categories.get(text) or tables.categories.get(squeeze(text), set())
    if len(found) > 1:
        raise parse.Unreadable(
            _("“%(text)s” stands in the dictionary more than once. Write it as 道路交管/停车难.")
            % {"text": text[:40]}
        )
    if not found:
        raise parse.Unreadable(_("There is no category called “%(text)s”.") % {"text": text[:40]})
    return {"category_id": next(iter(found))}


def _unit(cells, tables, line) -> dict[str, Any]:
    text = parse.text_of(cells.get("unit"))
    if text and text not in tables.units:
        raise parse.Unreadable(_("There is no unit called “%(text)s”.") % {"text": text[:40]})
    return {"unit_id": tables.units[text] if text else None}


#: field → how it is read: ``reader(cells, tables, line)`` returns values by name, or raises
#: Unreadable.
_READERS = {
    "name": _enterprise,
    "title": _title,
    "description": _description,
    "category": _category,
    "unit": _unit,
    "urgency": lambda cells, tables, line: {"urgency": values.urgency(cells.get("urgency"))},
    "reported_at": lambda cells, tables, line: {
        "reported_at": values.moment(cells.get("reported_at"))
    },
    "police": lambda cells, tables, line: {"is_police_matter": values.police(cells.get("police"))},
}
#: Where the fault of a field stands that the file has no column for.
_ALSO = {"name": ("credit_code",), "title": ("description",)}
