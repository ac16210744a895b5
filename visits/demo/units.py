"""The bureau, its county bureaux, their departments and stations."""

import math
from typing import Any

from crm.db.bulk import Table
from crm.models import Unit
from visits.demo import places
from visits.demo.chance import Chance
from visits.demo.city import UnitRow

KILOMETRE = 1 / 111  # in degrees of latitude
_KINDS_OF_PLACE = ("街道", "社区", "镇", "乡")


def make_units(city) -> int:
    """Write the tree of units from the root down; returns their number."""
    table, chance = Table(Unit), Chance("units")
    city.root = _add(
        table,
        None,
        Unit.Kind.CITY_BUREAU,
        places.CITY_CODE,
        places.CITY_NAME,
        places.CITY_SHORT,
        places.CITY_DIVISION,
    )
    for number, name in enumerate(places.CITY_DEPARTMENTS, 81):
        code = f"{places.CITY_CODE}00{number}"
        department = _add(
            table,
            city.root,
            Unit.Kind.DEPARTMENT,
            code,
            places.CITY_NAME + name,
            name,
            places.CITY_DIVISION,
        )
        city.departments.append(department)
    for index, county in enumerate(places.COUNTIES):
        _make_county(city, table, chance, index, county)
    return table.close()


def _make_county(city, table, chance, index, county) -> None:
    # The zone's bureau answers for no division of its own: units are not divisions.
    is_zone = county.code != county.division
    kind = Unit.Kind.ZONE_BUREAU if is_zone else Unit.Kind.COUNTY_BUREAU
    bureau = _add(
        table,
        city.root,
        kind,
        county.code,
        county.bureau,
        county.short,
        None if is_zone else county.division,
    )
    bureau.county = index
    city.bureaux.append(bureau)
    for number, name in enumerate(places.COUNTY_DEPARTMENTS[: 3 if is_zone else None], 81):
        department = _add(
            table,
            bureau,
            Unit.Kind.DEPARTMENT,
            f"{county.code}{number}",
            county.bureau + name,
            name,
            county.division,
        )
        department.county = index
        city.departments.append(department)
    for number, (place, weight) in enumerate(_towns(county, city.sizes.towns), 1):
        name = bare(place) + "派出所"
        station = _add(
            table,
            bureau,
            Unit.Kind.STATION,
            f"{county.code}{number:02}",
            county.bureau + name,
            name,
            county.division,
        )
        station.county, station.place, station.weight = index, place, weight
        station.pace = chance.pick((0.2, 0.5, 0.7, 0.8, 1.0, 1.0, 1.1, 1.3, 1.6, 2.1))
        _locate(station, county, chance)
        city.stations.append(station)
        if (county.division, place) == (places.DEMO_COUNTY, places.DEMO_TOWN):
            city.demo_station, station.pace = station, 1.3


def bare(place) -> Any:
    """A street's or town's name without its kind: 柳市镇 → 柳市."""
    for kind in _KINDS_OF_PLACE:
        if place.endswith(kind) and len(place) > len(kind) + 1:
            return place[: -len(kind)]
    return place


def _towns(county, share) -> tuple[Any, ...] | list:
    """The places with a station: all, or the heaviest of a small city."""
    towns = (*county.towns, *((name, 1) for name in county.special))
    if share >= 1:
        return towns
    return sorted(towns, key=lambda town: -town[1])[: max(1, round(len(towns) * share))]


def _locate(station, county, chance) -> None:
    """Somewhere within the county's radius, evenly over its area."""
    turn, distance = 2 * math.pi * chance.random(), county.radius * math.sqrt(chance.random())
    station.latitude = county.latitude + distance * math.sin(turn) * KILOMETRE
    station.longitude = county.longitude + distance * math.cos(turn) * KILOMETRE / math.cos(
        math.radians(county.latitude)
    )


def _add(table, parent, kind, code, name, short_name, division) -> UnitRow:
    path = f"{parent.path if parent else '/'}{code}/"
    level = parent.level + 1 if parent else 0
    key = table.add(
        parent_id=parent.key if parent else None,
        kind=kind,
        code=code,
        name=name,
        short_name=short_name,
        level=level,
        path=path,
        division_id=division,
    )
    return UnitRow(key, name, path, level)
