"""What everything of the city can be found by."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from crm.search.index import index_many
from crm.text.words import pinyin
from liaisons.models import Enterprise, KeyProject, Officer
from visits.models import CommonCause, Visit

CHUNK = 5000


def index_city() -> int:
    """Write the search index of enterprises, officers, projects, common causes and visits.

    Returns the number of entries.
    """
    sources = (
        _named("enterprise", Enterprise.objects, "credit_code"),
        _named("officer", Officer.objects, "police_number"),
        _named("project", KeyProject.objects, "code"),
        _causes(),
        _visits(),
    )
    with _index_built_at_once():
        return sum(map(index_many, sources))


@contextmanager
def _index_built_at_once() -> Iterator[None]:
    """PostgreSQL builds an inverted index over all rows in a fifth of the time that adding them one
    by one takes.

    Dropping and making it again is part of the load's own transaction: an interrupted load leaves
    the old one.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'crm_searchentry'"
            " AND schemaname = current_schema() AND indexdef LIKE '%USING gin%'"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            cursor.execute(definition)


def _named(noun, rows, code) -> Iterator[tuple[Any, Any, tuple[Any, str, str, Any], int]]:
    """Yield the entries of a noun with a name and a code, which are found by pinyin and initials as
    well.
    """
    for key, name, number in rows.order_by("pk").values_list("pk", "name", code):
        yield noun, key, (name, *pinyin(name), number), 0


def _causes() -> Iterator[tuple[str, Any, tuple, Any]]:
    """Yield the entries of the common causes; the newest are shown first."""
    rows = CommonCause.objects.order_by("pk").values_list(
        "pk", "title", "description", "solution", "founded_on"
    )
    for key, title, description, solution, founded_on in rows:
        yield "commoncause", key, (title, description, solution), founded_on.toordinal()


def _visits() -> Iterator[tuple[str, Any, tuple, Any]]:
    """Yield the entries of the visits' notes; the newest are shown first."""
    for key, notes, held_on in (
        Visit.objects.order_by("pk").values_list("pk", "notes", "held_on").iterator(CHUNK)
    ):
        yield "visit", key, (notes,), held_on.toordinal()
