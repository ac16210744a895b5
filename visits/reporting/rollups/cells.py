"""Which cells of the roll-ups a visit belongs to, and adding to them safely beside other writers."""

from collections import defaultdict
from typing import Any

from django.db import connection

from visits.models import Visit, VisitMonths, VisitTally
from visits.models.rollups import ALL, ANY_VISIT, ERA_YEARS, MONTH_COLUMNS, NONE

#: Rows in one INSERT: SQLite takes some 32,000 parameters at most.
ROWS_AT_ONCE = 500
TALLY_KEY = ("section", "division", "year", "kind", "unit_id")
MONTHS_KEY = ("era", "kind", "enterprise_id")


def class_of(division, section) -> tuple:
    """An enterprise's class in the roll-ups, from its division's code and its section, either of
    which may be None.
    """
    return division or NONE, section or NONE


def grains(division, section) -> tuple[tuple, tuple[str, Any], tuple[Any, str], tuple[str, str]]:
    """The four (section, division) under which a visit to an enterprise of this class is counted."""
    return ((section, division), (ALL, division), (section, ALL), (ALL, ALL))


def era_and_bit(year, month) -> tuple:
    """Where a month is kept in VisitMonths: the era, and the number of the bit."""
    return year // ERA_YEARS, year % ERA_YEARS * 12 + month - 1


def month_kinds(kind) -> tuple[Any, str] | tuple:
    """The kinds under which VisitMonths keeps a visit."""
    return (kind, ANY_VISIT) if kind in Visit.Kind.VISITS else (kind,)


def new_counts() -> defaultdict[Any, list[int]]:
    """An empty collection of counts: key in the order of TALLY_KEY → twelve numbers."""
    return defaultdict(lambda: [0] * 12)


def add_counts(counts) -> None:
    """Add to VisitTally: ``counts`` maps a key (in the order of TALLY_KEY) to what to add to each
    month.
    """
    rows = [(*key, *steps) for key, steps in sorted(counts.items()) if any(steps)]
    table = VisitTally._meta.db_table
    # By addition in the database, so that of two writers none is lost; sorted, so that two never
    # wait for each other.
    changes = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MONTH_COLUMNS)
    _upsert(table, (*TALLY_KEY, *MONTH_COLUMNS), TALLY_KEY, changes, rows)


def add_months(masks) -> None:
    """Set bits in VisitMonths: ``masks`` maps a key (in the order of MONTHS_KEY) to the bits to
    set.
    """
    table = VisitMonths._meta.db_table
    rows = [(*key, mask) for key, mask in sorted(masks.items())]
    _upsert(
        table,
        (*MONTHS_KEY, "months"),
        MONTHS_KEY,
        f"months = {table}.months | excluded.months",
        rows,
    )


def _upsert(table, columns, key, changes, rows) -> None:
    """Insert rows, and where the key is there already change the row: one statement that both
    engines understand.
    """
    one_row = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one_row] * len(part))}"
                f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}",
                [value for row in part for value in row],
            )
