"""The accounts and officers of the three tiers, their postings, and those who have left or moved."""

import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from crm.db.bulk import Table
from crm.models import Role, User
from liaisons.models import Officer, Posting
from visits.demo.chance import Chance, shares
from visits.demo.city import OPEN, OfficerRow
from visits.demo.logins import (
    CITY_MANAGER,
    COUNTY_MANAGER,
    DEMO_ADMINISTRATORS,
    OFFICER,
    PASSWORD,
    STATION_HEAD,
)
from visits.demo.people import Names

#: How many of a hundred officers serve in the city's and in the counties' departments.
CITY_SHARE, COUNTY_SHARE = 0.05, 0.15
#: How many of a hundred station officers left, and how many moved to another station, within the
#: year.
LEFT_SHARE, MOVED_SHARE = 0.035, 0.035


class People:
    """Writes accounts, officers and postings together, and gives out the police numbers."""

    def __init__(self, city, assistants_and_all) -> None:
        self.city, self.chance = city, Chance("officers")
        self.names = Names(self.chance)
        self.users, self.officers, self.postings = Table(User), Table(Officer), Table(Posting)
        # All have the demonstration's password, which is printed anyway. It is hashed once: two
        # thousand hashes would take a quarter of an hour.
        self.hash = make_password(PASSWORD)
        self.moment = city.ago(400)
        numbers = self.chance.sample(
            range(34_000, 34_000 + 3 * assistants_and_all), assistants_and_all
        )
        self.numbers = iter([f"{number:06}" for number in numbers])

    def account(self, unit, role, *, login=None, active=True, name=None) -> tuple:
        """Write an account and return ``(key, name, police number)``."""
        number = login or next(self.numbers)
        name = name or self.names.next()
        key = self.users.add(
            police_number=number,
            name=name,
            role=role,
            unit_id=unit.key,
            password=self.hash if active else "!",
            is_active=active,
            password_changed_at=self.moment,
            created_at=self.moment,
        )
        return key, name, number

    def officer(
        self, unit, tier, role=Role.OFFICER, *, kind=Officer.Kind.OFFICER, login=None, moves=None
    ) -> OfficerRow:
        """Write an officer with the account and postings.

        ``moves`` is (ordinal, next unit or None for leaving).
        """
        chance = self.chance
        moves_on, next_unit = moves or (OPEN, None)
        has_left = moves is not None and next_unit is None
        last_unit = next_unit or unit
        key, name, number = self.account(last_unit, role, login=login, active=not has_left)
        row = OfficerRow(
            key, name, number, tier, kind, unit, 0.3 + 1.4 * chance.random(), moves_on, next_unit
        )
        self.officers.add(
            user_id=key,
            uid=chance.uid(),
            created_at=self.moment,
            updated_at=self.moment,
            kind=kind,
            tier=tier,
            name=name,
            police_number=number,
            unit_id=last_unit.key,
            # no telephone in the country begins with a 1 after the area
            work_phone=f"0577-1{chance.below(10**7):07}",
            left_on=datetime.date.fromordinal(moves_on) if has_left else None,
        )
        self._post(row)
        self.city.officers.append(row)
        return row

    def _post(self, row) -> None:
        begins = self.city.today - datetime.timedelta(days=self.chance.between(400, 1600))
        ends = None if row.stays else datetime.date.fromordinal(row.moves_on)
        self.postings.add(officer_id=row.key, unit_id=row.unit.key, starts_on=begins, ends_on=ends)
        if row.next_unit is not None:
            self.postings.add(
                officer_id=row.key, unit_id=row.next_unit.key, starts_on=ends, ends_on=None
            )

    def close(self) -> int:
        """Write the rest; returns the number of officers."""
        self.users.close()
        count = self.officers.close()
        self.postings.close()
        return count


def make_officers(city) -> int:
    """Write all accounts and officers; returns the number of officers."""
    sizes = city.sizes
    people = People(city, sizes.officers + sizes.assistants + 4 * len(city.bureaux) + 20)
    _managers(city, people)
    at_city, at_county = round(sizes.officers * CITY_SHARE), round(sizes.officers * COUNTY_SHARE)
    of_city = [unit for unit in city.departments if unit.county is None]
    of_counties = [unit for unit in city.departments if unit.county is not None]
    for number in range(at_city):
        people.officer(of_city[number % len(of_city)], Officer.Tier.CITY)
    for number in range(at_county):
        people.officer(of_counties[number * 7 % len(of_counties)], Officer.Tier.COUNTY)
    _stations(city, people, sizes.officers - at_city - at_county)
    _assistants(city, people, sizes.assistants)
    return people.close()


def _managers(city, people) -> None:
    """Managers have an account and no officer: they answer for a bureau, and call on nobody."""
    demo_bureau = city.bureaux[city.demo_station.county]
    people.account(demo_bureau, Role.COUNTY_MANAGER, login=COUNTY_MANAGER)
    people.account(city.root, Role.CITY_MANAGER, login=CITY_MANAGER)
    for login, role, name in DEMO_ADMINISTRATORS:
        people.account(city.root, role, login=login, name=name)
    for bureau in city.bureaux:
        people.account(bureau, Role.COUNTY_MANAGER)
    people.account(city.root, Role.CITY_MANAGER)


def _stations(city, people, count) -> None:
    """Every station has a head and at least one officer.

    Busy ones have more, though not in proportion.
    """
    weights = [1.5 + station.weight**0.7 for station in city.stations]
    staff = shares(max(count - 2 * len(city.stations), 0), weights)
    for station, more in zip(city.stations, staff, strict=True):
        is_demo = station is city.demo_station
        station.head = people.officer(
            station,
            Officer.Tier.STATION,
            Role.STATION_HEAD,
            login=STATION_HEAD if is_demo else None,
        ).key
        people.officer(station, Officer.Tier.STATION, login=OFFICER if is_demo else None)
        for place in range(more):
            # At most one of three moves, so that somebody is always there to take over.
            moves = _moves(city, people.chance, station) if place % 3 == 1 else None
            people.officer(station, Officer.Tier.STATION, moves=moves)


def _moves(city, chance, station) -> tuple[Any, None] | tuple | None:
    drawn = chance.random() / 3
    if drawn >= LEFT_SHARE + MOVED_SHARE:
        return None
    day = city.today.toordinal() - chance.between(10, 340)
    others = [
        other for other in city.stations if other.county == station.county and other is not station
    ]
    return (day, None) if drawn < LEFT_SHARE or not others else (day, chance.pick(others))


def _assistants(city, people, count) -> None:
    """Police assistants go along; they answer for no enterprise."""
    wheel = shares(count, [station.weight for station in city.stations])
    for station, number in zip(city.stations, wheel, strict=True):
        for _one in range(number):
            people.officer(station, Officer.Tier.STATION, kind=Officer.Kind.ASSISTANT)
