"""What the steps of the load hand to one another: sizes, days, and the people and things already
made.
"""

import datetime
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils import timezone

OPEN = (
    9_999_999  # the ordinal of a day that never comes: an assignment or posting that has not ended
)


@dataclass(frozen=True)
class Sizes:
    """How large the city is.

    The numbers of its key projects and officers are the programme's own of 2019.
    """

    officers: int = 2200
    assistants: int = 220
    enterprises: int = 5600
    projects: int = 457
    visits: int = 65_000
    towns: float = 1.0  # the share of the streets and towns that have a station

    def scaled(self, share) -> "Sizes":
        """The same city smaller (or larger) in everything but its bureaux."""
        counts = {
            f.name: max(1, round(getattr(self, f.name) * share))
            for f in fields(self)
            if f.name != "towns"
        }
        return Sizes(**counts, towns=min(1.0, self.towns * share))


@dataclass(slots=True)
class UnitRow:
    """A unit with the area that it serves.

    ``place`` is its street or town, ``county`` the index of its bureau.
    """

    key: int
    name: str
    path: str
    level: int
    place: str = ""
    county: int | None = None
    latitude: float = 0.0
    longitude: float = 0.0
    weight: int = 0
    pace: float = 1.0
    head: int | None = None  # the key of the officer who heads it


@dataclass(slots=True)
class OfficerRow:
    """An officer.

    ``moves_on`` is the day of a transfer or of leaving (an ordinal), ``unit`` where they are before
    it.
    """

    key: int
    name: str
    number: str
    tier: str
    kind: str
    unit: UnitRow
    energy: float
    moves_on: int = OPEN
    next_unit: UnitRow | None = None

    def unit_on(self, ordinal) -> UnitRow:
        """The unit in which the officer served on a day."""
        return (
            self.next_unit if self.next_unit is not None and ordinal >= self.moves_on else self.unit
        )

    @property
    def stays(self) -> bool:
        return self.moves_on == OPEN

    @property
    def has_left(self) -> bool:
        return self.moves_on != OPEN and self.next_unit is None


@dataclass(slots=True)
class EnterpriseRow:
    """An enterprise; ``leads`` are (from which ordinal, officer) in order of time."""

    key: int
    name: str
    unit: UnitRow
    trade: str
    employees: int
    latitude: float
    longitude: float
    habit: str = "usual"  # usual, never (visited), lapsed (no call for months), frequent
    until: int = OPEN  # the last day that a lapsed one was called on
    leads: list = field(default_factory=list)
    deputies: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    project: int | None = None

    def lead_on(self, ordinal) -> Any:
        """Who was responsible on a day."""
        return next(
            officer
            for starts, officer in reversed(self.leads)
            if starts <= ordinal or starts == self.leads[0][0]
        )


@dataclass
class City:
    """Everything made so far."""

    sizes: Sizes
    today: datetime.date
    root: UnitRow | None = None
    bureaux: list = field(default_factory=list)  # in the order of places.COUNTIES
    # Of the counties and, with county None, of the city.
    departments: list = field(default_factory=list)
    stations: list = field(default_factory=list)
    demo_station: UnitRow | None = None
    officers: list = field(default_factory=list)
    enterprises: list = field(default_factory=list)
    projects: list = field(default_factory=list)
    campaigns: list = field(default_factory=list)

    @property
    def first_day(self) -> datetime.date:
        """The first day of the year of visits.

        Its last is yesterday, so that no visit lies in the future.
        """
        return self.today - datetime.timedelta(days=365)

    def ago(self, days, hour=9, minute=0) -> datetime.datetime:
        """A moment so many days before today, in the city's own time."""
        day = self.today - datetime.timedelta(days=days)
        return datetime.datetime.combine(
            day, datetime.time(hour, minute), tzinfo=timezone.get_current_timezone()
        )
