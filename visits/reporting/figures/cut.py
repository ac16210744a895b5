"""Of what a figure is asked: a period of months, a unit, a division, an industry, a kind of visit."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from crm.models import Division, Unit
from visits.models import Visit
from visits.models.rollups import ERA_YEARS, MONTH_COLUMNS

VISIT_KINDS = [kind for kind in Visit.Kind.values if kind in Visit.Kind.VISITS]
CONTACT_KINDS = [kind for kind in Visit.Kind.values if kind not in Visit.Kind.VISITS]


def month_after(month, steps=1) -> datetime.date:
    """The first day of the month that is so many months later (earlier, if negative)."""
    number = month.year * 12 + month.month - 1 + steps
    return datetime.date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Months:
    """A period of whole months, both ends included, each named by its first day."""

    first: datetime.date
    last: datetime.date

    def __iter__(self) -> Iterator[datetime.date]:
        month = self.first
        while month <= self.last:
            yield month
            month = month_after(month)

    def __len__(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def ends_on(self) -> datetime.date:
        """The last day of the period."""
        return month_after(self.last) - datetime.timedelta(days=1)

    @cached_property
    def columns(self) -> dict:
        """Year → the columns of VisitTally that lie in the period."""
        years = {}
        for month in self:
            years.setdefault(month.year, []).append(MONTH_COLUMNS[month.month - 1])
        return years

    @cached_property
    def masks(self) -> dict:
        """Era → the bits of VisitMonths that lie in the period."""
        masks = {}
        for month in self:
            era, year = divmod(month.year, ERA_YEARS)
            masks[era] = masks.get(era, 0) | 1 << year * 12 + month.month - 1
        return masks


@dataclass(frozen=True)
class Cut:
    """The question.

    Without a unit it is about everything, rows that belong to no unit included.

    ``unit`` is a Unit, or a row with its pk, code and path. Whoever makes a cut answers for its
    unit being within the asker's scope: counts do not ask again.
    """

    months: Months
    unit: Unit | None = None
    itself: bool = False  # the unit without those below it; with no unit: what belongs to none
    division: Division | None = None
    section: str = ""
    kind: str = ""

    def of_unit(self, unit, itself=False) -> Self:
        """The same question about one unit, with those below it or by itself."""
        return replace(self, unit=unit, itself=itself)

    def of_month(self, month) -> Self:
        """The same question about one month."""
        return replace(self, months=Months(month, month))

    @cached_property
    def divisions(self) -> list:
        """The codes of the chosen division and of those within it; none when none is chosen."""
        if self.division is None:
            return []
        return [
            self.division.pk,
            *Division.objects.filter(parent=self.division).values_list("pk", flat=True),
        ]

    @property
    def kinds(self) -> list[str]:
        """The kinds that are visits and are asked about."""
        return _chosen(VISIT_KINDS, self.kind)

    @property
    def contact_kinds(self) -> list[str]:
        """The kinds that are contacts and no visits, and are asked about."""
        return _chosen(CONTACT_KINDS, self.kind)


def _chosen(kinds, kind) -> Any:
    """All ``kinds``, or the one that was chosen if it is among them."""
    return kinds if not kind else [kind] if kind in kinds else []
