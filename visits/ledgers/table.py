"""What a column of a ledger is, whatever the ledger is of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet


@dataclass(frozen=True)
class LedgerColumn:
    """One column: ``value(row, clock)`` is its cell, ``width`` in half-width characters.

    ``usual`` columns are there until somebody chooses. ``related`` and ``fetched`` (what makes
    a Prefetch) say what it needs beside the row, and ``terms`` which of its words the ledger
    explains.
    """

    key: str
    label: str
    value: Callable
    width: int = 10
    usual: bool = False
    centred: bool = True
    related: tuple = ()
    fetched: Callable[[], Prefetch] | None = None
    terms: tuple = ()


@dataclass(frozen=True)
class Clock:
    """The moment at which a ledger is made, and the working days it counts by."""

    now: object
    calendar: object


def with_needs(rows: QuerySet, columns: Iterable[LedgerColumn]) -> QuerySet:
    """``rows`` with what the cells of ``columns`` read, in one statement for each kind and lot."""
    related = {name for column in columns for name in column.related}
    fetched = dict.fromkeys(column.fetched for column in columns if column.fetched)
    rows = rows.select_related(*sorted(related)) if related else rows
    return rows.prefetch_related(*(fetch() for fetch in fetched))


def terms_of(columns: Iterable[LedgerColumn]) -> list:
    """The terms that these columns use, each once, in their order."""
    return list(dict.fromkeys(term for column in columns for term in column.terms))
