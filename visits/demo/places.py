"""The city's real places: its bureaux, their streets and towns, and what each county is known to make.

They lie in data/places.json; a county's towns are written ``柳市镇*6 白石街道``: names with their
kind, and a weight where it is not 1.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class County:
    """A county bureau's area.

    ``towns`` are (name with its kind, weight); ``radius`` is in kilometres.
    """

    division: str
    code: str
    bureau: str
    short: str
    place: str
    latitude: float
    longitude: float
    radius: float
    weight: int
    towns: tuple[tuple[str, int], ...]
    trades: dict[str, int] = field(hash=False)
    special: tuple[str, ...] = ()


def _towns(text: str) -> tuple[tuple[str, int], ...]:
    parts = (word.partition("*") for word in text.split())
    return tuple((name, int(weight or 1)) for name, _star, weight in parts)


def _county(row: dict) -> County:
    return County(**row | {"towns": _towns(row["towns"]), "special": tuple(row["special"])})


_DATA = json.loads((Path(__file__).parent / "data" / "places.json").read_text(encoding="utf-8"))
CITY_CODE, CITY_NAME = _DATA["city"]["code"], _DATA["city"]["name"]
CITY_SHORT, CITY_DIVISION = _DATA["city"]["short"], _DATA["city"]["division"]
CITY_DEPARTMENTS = tuple(_DATA["city_departments"])
COUNTY_DEPARTMENTS = tuple(_DATA["county_departments"])
#: What every county has beside its own trades: trade → weight.
COMMON = _DATA["common_trades"]
COUNTIES = tuple(map(_county, _DATA["counties"]))

#: The station where the people of ``manage.py demo_logins`` serve.
DEMO_COUNTY, DEMO_TOWN = "330382", "柳市镇"
