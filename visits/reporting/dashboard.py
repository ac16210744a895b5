"""The managers' dashboard put together: tiles, months, units and stages, each with the address of
its rows.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.models import Unit
from liaisons.models import KeyProject
from visits.reporting.figures import (
    FIGURES,
    PROJECTS,
    Cut,
    Figure,
    stages,
    sums_by_unit,
    visits_by_month,
)
from visits.reporting.figures.counts import COUNTED
from visits.reporting.figures.definitions import CONTACTS, VISITS, joined, place


@dataclass(slots=True)
class Shown:
    """A figure with its number: ``number`` is the numerator, ``share`` its part of the denominator
    where there is one.

    ``number`` is None where the cut leaves nothing that the figure could count; ``text`` is what a
    person reads.
    """

    figure: Figure
    number: int | None = None
    out_of: int | None = None
    share: float | None = None
    text: str = ""
    url: str = ""
    note: str = ""
    label: str = ""

    @property
    def parts(self) -> str:
        """Numerator and denominator as a person reads them."""
        return f"{self.number:,} / {self.out_of:,}" if self.share is not None else ""

    @property
    def width(self) -> float:
        """The share as the length of a bar between 0 and 100."""
        return round(100 * (self.share or 0), 1)

    @property
    def order(self) -> float | int | None:
        """What a table is sorted by; None where there is nothing to compare."""
        return self.share if self.figure.out_of else self.number


@dataclass(frozen=True)
class UnitRow:
    """One line of the table by unit.

    ``unit`` is the unit to look into, None for a line that leads nowhere.
    """

    name: str
    unit: Unit | None
    cells: dict


class Dashboard:
    """All figures of one cut.

    ``units`` are the units of the asker's scope in the order of their paths.
    """

    def __init__(self, cut: Cut, units) -> None:
        self.cut, self.units = cut, units
        self.paths = {unit.pk: unit.path for unit in units}
        self.names = {figure.key: str(figure.name) for figure in FIGURES}
        self.addresses = {figure.key: figure.address(cut) for figure in FIGURES}
        self.sums = sums_by_unit(cut)
        self.stage_counts = stages(cut)

    @property
    def any_visits(self) -> bool:
        """Whether there is anything to draw by month."""
        return any(counts["visits"] or counts["contacts"] for counts in self.sums.values())

    def tiles(self) -> list[Shown]:
        """The figures of the whole cut, in the order of the page."""
        sums = self._rolled(self.sums.values()) | {"projects": sum(self.stage_counts.values())}
        return [show(figure, self.cut, sums) for figure in (*FIGURES, PROJECTS)]

    def months(self) -> Iterator[dict[str, Any]]:
        """For each month: its name, its year where one begins, and visits and contacts as bars of a
        length up to 100.
        """
        rows = visits_by_month(self.cut)
        most = max((max(visits, contacts) for _month, visits, contacts in rows), default=0) or 1
        for month, visits, contacts in rows:
            cut, sums, bars = self.cut.of_month(month), {"visits": visits, "contacts": contacts}, []
            for figure in (VISITS, CONTACTS):
                if figure.applies(cut):
                    shown, length = (
                        show(figure, cut, sums),
                        round(100 * sums[figure.count] / most, 1),
                    )
                    label = f"{month:%Y-%m} {self.names[figure.key]} {shown.text}"
                    bars.append(
                        {"key": figure.key, "shown": shown, "length": length, "label": label}
                    )
            year = month.year if month == self.cut.months.first or month.month == 1 else ""
            yield {
                "month": month,
                "name": date_format(month, pgettext("format of a month's name", "M")),
                "year": str(year),
                "bars": bars,
            }

    def rows(self, sort="") -> list | list[UnitRow]:
        """The lines of the table by unit: the units just below, and what belongs to none of them."""
        base = self.cut.unit or self.units[0]
        below = sorted(
            (unit for unit in self.units if unit.parent_id == base.pk),
            key=lambda unit: unit.kind == Unit.Kind.DEPARTMENT,
        )
        held = self._by_child(base)
        rows = [row for unit in below if (row := self._row(unit, held.get(unit.path, ())))]
        if not rows:
            return []
        rows += [row for row in (self._rest(base), self._without_unit()) if row]
        name = sort.lstrip("-")
        if name in rows[0].cells:
            return _sorted(rows, name, sort.startswith("-"))
        return rows[::-1] if sort.startswith("-") else rows

    def stages(self) -> Iterator[dict[str, Any]]:
        """(stage's label, number, share of the largest, address) of every stage, in their order."""
        most = max(self.stage_counts.values(), default=0) or 1
        address = PROJECTS.url(self.cut)
        for stage in KeyProject.Stage:
            number = self.stage_counts.get(stage.value, 0)
            width = round(100 * number / most, 1)
            yield {
                "label": stage.label,
                "number": number,
                "width": width,
                "url": joined(address, f"stage={stage.value}"),
            }

    def _by_child(self, base) -> defaultdict[Any, list]:
        """Path of a unit just below ``base`` → the counts of it and of all below it."""
        held, start = defaultdict(list), len(base.path)
        for key, counts in self.sums.items():
            path = self.paths.get(key, "")
            if path.startswith(base.path) and len(path) > start:
                held[path[: path.index("/", start) + 1]].append(counts)
        return held

    def _row(self, unit, held) -> UnitRow | None:
        sums = self._rolled(held)
        if not any(sums.values()) and (unit.closed_on or unit.kind == Unit.Kind.DEPARTMENT):
            return None
        return UnitRow(unit.name, unit, self._cells(self.cut.of_unit(unit), sums))

    def _rest(self, base) -> UnitRow | None:
        if base.pk not in self.sums:
            return None
        return UnitRow(
            _("%(unit)s itself") % {"unit": base.name},
            None,
            self._cells(self.cut.of_unit(base, True), self.sums[base.pk]),
        )

    def _without_unit(self) -> UnitRow | None:
        if None not in self.sums:
            return None
        return UnitRow(
            _("Without a unit"), None, self._cells(self.cut.of_unit(None, True), self.sums[None])
        )

    def _cells(self, cut, sums) -> dict:
        """Every figure of a line of the table, by its key."""
        where, cells = place(cut), {}
        for figure in FIGURES:
            cells[figure.key] = shown = show(
                figure, cut, sums, joined(self.addresses[figure.key], where)
            )
            shown.label = self.names[figure.key]
        return cells

    @staticmethod
    def _rolled(sums) -> dict[str, int]:
        return {name: sum(counts[name] for counts in sums) for name in COUNTED}


def _sorted(rows, name, downwards) -> list:
    """Lines of the table by one figure; those that have none come last either way."""
    some = [row for row in rows if row.cells[name].order is not None]
    none = [row for row in rows if row.cells[name].order is None]
    return sorted(some, key=lambda row: row.cells[name].order, reverse=downwards) + none


def show(figure, cut, sums, url=None) -> Shown:
    """A figure of a cut from its counts; ``url`` is that of its rows where it is known already."""
    if not figure.applies(cut):
        return Shown(figure, note=_("Does not apply here."))
    number, share = sums[figure.count], figure.share(sums)
    text = f"{number:,}" if not figure.out_of else "" if share is None else f"{share:.1%}"
    note = _("Whatever the kind.") if cut.kind and "kind" not in figure.heeds else ""
    return Shown(figure, number, sums.get(figure.out_of), share, text, url or figure.url(cut), note)
