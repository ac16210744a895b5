"""A year of visits up to yesterday, day by day, with what was said, done and brought forward."""

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from crm.calendar import WorkingCalendar
from crm.db.bulk import Table
from visits.demo.chance import Chance, Wheel, shares
from visits.demo.city import EnterpriseRow
from visits.demo.notes import write_notes
from visits.demo.problems import Problems
from visits.demo.words import Words
from visits.models import Visit

KINDS = Wheel((("door", 62), ("phone", 15), ("chat", 11), ("meeting", 7), ("came", 5)))
#: A never-visited enterprise may still have been telephoned: a contact is not a visit.
CONTACTS = Wheel((("phone", 6), ("chat", 4)))
DURATIONS = {
    "door": (25, 80),
    "meeting": (45, 120),
    "came": (10, 40),
    "phone": (3, 15),
    "chat": (2, 10),
}
#: When a contact begins: (hour, weight); Monday to Friday, and Saturday and Sunday with few.
HOURS = Wheel(
    (
        (8, 4),
        (9, 18),
        (10, 20),
        (11, 7),
        (13, 4),
        (14, 18),
        (15, 20),
        (16, 13),
        (17, 4),
        (18, 1),
        (19, 1),
    )
)
WEEKDAYS = (1.05, 1.2, 1.15, 1.1, 0.85, 0.12, 0.05)
HABITS = {"never": 0.06, "lapsed": 1.0, "usual": 1.0, "frequent": 2.6}
WITH_PROBLEM = 0.118


class Call(NamedTuple):
    """One contact before it is written: who, on whom, when."""

    minute: int
    place: int
    enterprise: EnterpriseRow
    kind: str


class Year:
    """Plans the days and writes the visits in the order in which they took place."""

    def __init__(self, city, report) -> None:
        self.city, self.report, self.chance = city, report, Chance("visits")
        self.table, self.problems, self.words = Table(Visit), Problems(city), Words(city)
        self.calendar = WorkingCalendar()
        self.wheel = Wheel([(e, self._weight(e)) for e in city.enterprises])

    def _weight(self, enterprise) -> Any:
        energy = enterprise.leads[-1][1].energy
        size = 1.3 if enterprise.employees > 150 else 1.0
        return enterprise.unit.pace * energy * size * HABITS[enterprise.habit]

    def write(self) -> int:
        """Write the year; returns the number of visits."""
        first = self.city.first_day
        days = [first + datetime.timedelta(days=n) for n in range(365)]
        for day, count in zip(
            days, shares(self.city.sizes.visits, [self._busy(day) for day in days]), strict=True
        ):
            self._write_day(day, count)
            if day.day == 1:
                self.report(f"  {day:%Y-%m}")
        self.words.close()
        self.problems.close()
        return self.table.close()

    def _busy(self, day) -> float:
        """How much is done on a day, beside other days: working days, the season, the campaigns."""
        working = self.calendar.is_working(day)
        weight = (
            WEEKDAYS[min(day.weekday(), 4)] if working else WEEKDAYS[5 if day.weekday() < 6 else 6]
        )
        if any(
            county is None and starts <= day <= ends
            for _key, county, starts, ends in self.city.campaigns
        ):
            weight *= 1.45
        return weight * (
            0.75
            if day.month == 2
            else 0.9
            if day.month in (7, 8)
            else 1.1
            if day.month in (4, 11, 12)
            else 1.0
        )

    def _write_day(self, day, count) -> None:
        midnight = datetime.datetime.combine(
            day, datetime.time(), tzinfo=timezone.get_current_timezone()
        )
        seen, calls, ordinal = set(), [], day.toordinal()
        for place in range(count):
            enterprise = self._somebody(seen, ordinal)
            kind = (CONTACTS if enterprise.habit == "never" else KINDS).pick(self.chance)
            minute = HOURS.pick(self.chance) * 60 + self.chance.below(12) * 5
            calls.append(Call(minute, place, enterprise, kind))
        calls.sort()
        for call in calls:
            self._write_call(call, day, ordinal, midnight)

    def _somebody(self, seen, ordinal) -> Any:
        """An enterprise whose turn it may be: not twice a day as long as there are others, no
        lapsed one.
        """
        for _attempt in range(8):
            enterprise = self.wheel.pick(self.chance)
            if ordinal <= enterprise.until and enterprise.key not in seen:
                break
        else:
            while ordinal > enterprise.until:
                enterprise = self.wheel.pick(self.chance)
        seen.add(enterprise.key)
        return enterprise

    def _who(self, enterprise, ordinal) -> Any:
        """The officer of a contact: mostly the lead, sometimes the deputy."""
        if enterprise.deputies and self.chance.happens(0.25):
            starts, deputy = enterprise.deputies[0]
            if starts <= ordinal < deputy.moves_on:
                return deputy
        return enterprise.lead_on(ordinal)

    def _write_call(self, call, day, ordinal, midnight) -> None:
        enterprise, officer = call.enterprise, self._who(call.enterprise, ordinal)
        unit = officer.unit_on(ordinal)
        moments = self._moments(call, midnight)
        topics, services = self.words.of(self.chance, call.kind, enterprise)
        count = self._problem_count()
        visit = self.table.add(
            **moments,
            **self._told(call, day, topics, services, count),
            uid=self.chance.uid(),
            created_by_id=officer.key,
            enterprise_id=enterprise.key,
            project_id=enterprise.project
            if enterprise.project and self.chance.random() < 0.4
            else None,
            officer_id=officer.key,
            unit_id=unit.key,
            kind=call.kind,
            held_on=day,
            campaign_id=self._campaign(day, enterprise),
            problem_count=count,
        )
        self.words.write(visit, topics, services, call.kind, officer, unit)
        for _one in range(count):
            self.problems.bring_forward(
                visit=visit,
                enterprise=enterprise,
                officer=officer,
                unit=unit,
                day=day,
                moment=moments["created_at"],
            )

    def _moments(self, call, midnight) -> dict[str, Any]:
        """When it began and ended, and when it was entered."""
        began = midnight + datetime.timedelta(minutes=call.minute)
        ended = began + datetime.timedelta(minutes=self.chance.between(*DURATIONS[call.kind]))
        entered = ended + datetime.timedelta(minutes=self.chance.between(2, 90))
        return {
            "started_at": began,
            "ended_at": ended,
            "created_at": entered,
            "updated_at": entered,
        }

    def _told(self, call, day, topics, services, count) -> dict[str, Any]:
        """With whom, where, what was said, and when they speak again."""
        chance, enterprise = self.chance, call.enterprise
        contact = chance.pick(enterprise.contacts) if chance.random() < 0.9 else None
        next_on = self._next_contact(day)
        latitude, longitude = self._position(enterprise, call.kind)
        notes = write_notes(
            chance,
            enterprise,
            call.kind,
            topics,
            services,
            problems=count,
            contact=contact,
            next_contact=next_on,
        )
        return {
            "contact_id": contact[0] if contact else None,
            "notes": notes,
            "next_contact_on": next_on[1] if next_on else None,
            "latitude": latitude,
            "longitude": longitude,
        }

    def _problem_count(self) -> int:
        drawn = self.chance.random()
        return (
            0
            if drawn >= WITH_PROBLEM
            else 1
            if drawn >= 0.17 * WITH_PROBLEM
            else 2
            if drawn >= 0.03 * WITH_PROBLEM
            else 3
        )

    def _next_contact(self, day) -> tuple[int, Any] | None:
        """``(days from then, day)`` of the agreed next contact.

        Three of ten visits agree on one.
        """
        if self.chance.random() >= 0.3:
            return None
        days = self.chance.pick((7, 10, 14, 15, 20, 30, 30, 45))
        return days, day + datetime.timedelta(days=days)

    def _campaign(self, day, enterprise) -> Any:
        for key, county, starts_on, ends_on in self.city.campaigns:
            if (
                starts_on <= day <= ends_on
                and county in (None, enterprise.unit.county)
                and self.chance.random() < 0.6
            ):
                return key
        return None

    def _position(self, enterprise, kind) -> tuple[None, None] | tuple[Decimal, Decimal]:
        """Where the officer stood when submitting: only of some visits at the door, and near it."""
        if kind != "door" or self.chance.random() >= 0.35:
            return None, None
        near = self.chance.near
        return Decimal(f"{enterprise.latitude + near(0.0006):.6f}"), Decimal(
            f"{enterprise.longitude + near(0.0006):.6f}"
        )


def make_visits(city, report) -> int:
    """Write the year's visits and their problems; returns the number of visits."""
    return Year(city, report).write()
