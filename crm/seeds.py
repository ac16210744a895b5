"""National code tables that every installation starts with; none of them belongs to one city.

Each ``seed_…`` may be run again at any time: it adds what is missing, mends names that the source
has changed, and returns how many rows the table has afterwards.
"""

import csv
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chinese_calendar import constants as published
from django.db import transaction
from stdnum import numdb

from crm.models import CalendarDay, Division, Industry

DATA_DIR = Path(__file__).resolve().parent / "data"
#: The first year of the working calendar that is kept: nothing here has a time limit that is older.
CALENDAR_FROM = 2019

_PERIOD = re.compile(r"(?:\[(?P<first>\d*)-(?P<last>\d*)\])?(?P<name>.+)")


def industries() -> list[dict]:
    """The rows of GB/T 4754-2017 as dictionaries of code, name and section: the sections A–T and
    their 97 divisions.
    """
    with open(DATA_DIR / "industries.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed_industries() -> int:
    """GB/T 4754-2017: the sections A–T and their 97 divisions."""
    rows = [Industry(**row) for row in industries()]
    with transaction.atomic():
        sections = dict(Industry.objects.values_list("code", "section"))
        Industry.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "section"]
        )
        if moved := [
            row.code for row in rows if sections.get(row.code, row.section) != row.section
        ]:
            Industry.follow(moved)
    return Industry.objects.count()


def seed_divisions() -> int:
    """GB/T 2260 from python-stdnum: provinces, cities and counties with the obsolete ones, each
    within its parent.
    """
    known = {code: (name, obsolete) for code, name, obsolete in _divisions()}
    rows = [
        Division(code=code, name=name, obsolete=obsolete, parent_id=_parent(code, known))
        for code, (name, obsolete) in sorted(
            known.items(), key=lambda item: (_depth(item[0]), item[0])
        )
    ]
    Division.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "obsolete", "parent"],
    )
    return Division.objects.count()


def _divisions() -> Iterator[tuple[str, Any, bool]]:
    """Yield ``(code, name, obsolete)`` of every division in python-stdnum's table."""
    for _length, province, _last, _names, counties in numdb.get("cn/loc").prefixes:
        for _digits, county, _end, names, _below in counties:
            if county.isdigit() and len(county) == 4:
                yield province + county, *_latest(names["county"])


def _latest(text) -> tuple[Any, bool]:
    """``(name, obsolete)`` of an entry such as ``[1983-1983]城区,[1984-]鹿城区``: the name in force,
    else the last.
    """
    names = [_PERIOD.fullmatch(part) for part in text.split(",")]
    in_force = [match for match in names if not match["last"]]
    return (in_force or names)[-1]["name"], not in_force


def _depth(code) -> int:
    return 0 if code.endswith("0000") else 1 if code.endswith("00") else 2


def _parent(code, known) -> Any:
    """The code of the division around ``code``: its city, or its province where no city is between.

    None at the top.
    """
    above = (code[:4] + "00", code[:2] + "0000")
    return next((other for other in above if other in known and _depth(other) < _depth(code)), None)


def seed_calendar() -> int:
    """The published holidays and make-up working days since CALENDAR_FROM, with their Chinese
    names.
    """
    chinese = {holiday.value: holiday.chinese for holiday in published.Holiday}
    days = [
        CalendarDay(day=day, is_working=is_working, name=chinese.get(name, name))
        for table, is_working in ((published.holidays, False), (published.workdays, True))
        for day, name in sorted(table.items())
        if day >= datetime.date(CALENDAR_FROM, 1, 1)
    ]
    CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
    return CalendarDay.objects.count()
