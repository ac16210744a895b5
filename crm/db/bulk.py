"""Writing or changing very many rows of one model: COPY on PostgreSQL, prepared statements of many
rows on SQLite.

Django's bulk_create takes a minute for what this writes in ten seconds. Values go through the
model's own fields, so encryption and each engine's forms stay theirs; what a row does not name gets
the field's default. No signals are sent.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import msgspec
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from crm.db.media import MediaPathField

BATCH = 5000
#: Rows of one SQLite statement: the full-text index is written once a statement, so one row a
#: statement takes five times as long. And parameters of one, of which SQLite allows 32,766.
ROWS_AT_ONCE, MOST_PARAMETERS = 1000, 32_000

#: Fields whose Python values both engines take as they are.
_PLAIN = {
    models.CharField,
    models.TextField,
    models.EmailField,
    models.BigAutoField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.BigIntegerField,
    models.ForeignKey,
    models.OneToOneField,
    MediaPathField,
}

#: Fields whose values come again in many rows and are prepared once a batch.
_REPEATED = {models.DateField, models.DateTimeField, models.BooleanField, models.DecimalField}

#: Stands where a row's value is still to be made by the field's own function.
_UNMADE = object()


class Table:
    """The rows of one model on their way into the database.

    To be used and closed within one transaction.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        # The connection itself: its proxy is slow a million times.
        self.connection = connections[connection.alias]
        fields = model._meta.concrete_fields
        self.places = {field.attname: place for place, field in enumerate(fields)}
        self.defaults = [_default(field) for field in fields]
        self.made = [
            (place, field.default) for place, field in enumerate(fields) if _made_anew(field)
        ]
        self.forms = [
            (place, field, _preparer(field, self.connection))
            for place, field in enumerate(fields)
            if type(field) not in _PLAIN
        ]
        self.key = model._meta.pk.attname
        self.keys: Iterator[int] = iter(())
        self.count = 0
        self.waiting: list[list] = []

    def add(self, **values: Any) -> Any:
        """Take one row by its column names (``unit_id``, not ``unit``) and return its key."""
        key = values.get(self.key)
        if key is None:
            key = next(self.keys, None)
            if key is None:
                self.keys = iter(self._more_keys())
                key = next(self.keys)
            values[self.key] = key
        row, places = self.defaults.copy(), self.places
        for name, value in values.items():
            row[places[name]] = value
        for place, make in self.made:
            if row[place] is _UNMADE:
                row[place] = make()
        self.waiting.append(row)
        if len(self.waiting) >= BATCH:
            self.flush()
        return key

    def flush(self) -> None:
        """Write what waits."""
        rows, self.waiting = self.waiting, []
        self.count += len(rows)
        for place, field, prepare in self.forms:
            if type(field) not in _REPEATED:
                for row in rows:
                    if (value := row[place]) is not None:
                        row[place] = prepare(value)
                continue
            known = {None: None}
            for row in rows:
                value = row[place]
                if value not in known:
                    known[value] = prepare(value)
                row[place] = known[value]
        if rows:
            self._write(rows)

    def close(self) -> int:
        """Write the rest; returns the number of rows written in all."""
        self.flush()
        return self.count

    def _more_keys(self) -> Iterable[int]:
        """The next keys: on PostgreSQL out of the sequence, on SQLite after the last one, which the
        write lock guards.
        """
        table, column = self.model._meta.db_table, self.model._meta.pk.column
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [f'"{table}"', column, BATCH],
                )
                return [key for (key,) in cursor.fetchall()]
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            given = cursor.fetchone()
        last = max(given[0] if given else 0, self._last_key())
        return range(last + 1, last + 1 + BATCH)

    def _last_key(self) -> int:
        waiting = self.waiting[-1][self.places[self.key]] if self.waiting else 0
        return max(waiting, self.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0)

    def _write(self, rows: list[list]) -> None:
        quote = self.connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        columns = ", ".join(quote(str(field.column)) for field in self.model._meta.concrete_fields)
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                self._insert(cursor, f"INSERT INTO {table} ({columns}) VALUES ", rows)

    def _insert(self, cursor: CursorWrapper, insert: str, rows: list[list]) -> None:
        """Write rows by statements of as many as the engine takes at once, and one of the rest."""
        at_once = min(ROWS_AT_ONCE, MOST_PARAMETERS // len(self.places))
        whole = len(rows) - len(rows) % at_once
        marks = f"({', '.join(['%s'] * len(self.places))})"
        for some, count in ((rows[:whole], at_once), (rows[whole:], len(rows) - whole)):
            flat = [
                list(chain.from_iterable(some[start : start + count]))
                for start in range(0, len(some), count or 1)
            ]
            if flat:
                cursor.executemany(insert + ", ".join([marks] * count), flat)


def change_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple]) -> int:
    """Give rows other values: ``rows`` are ``(key, *values)``, the values in the order of ``names``
    (``unit_id``, not ``unit``).

    Returns how many were changed. Who calls it holds the rows and has looked at what they may
    become.
    """
    to = connections[connection.alias]
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    prepare = [_preparer(field, to) for field in fields]
    at_once = min(ROWS_AT_ONCE, MOST_PARAMETERS // (len(fields) + 1))
    changed = 0
    with to.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            given = [value for row in some for value in _prepared(row, prepare)]
            cursor.execute(_update(model, fields, len(some), to), given)
            changed += cursor.rowcount
    return changed


def _update(
    model: type[models.Model], fields: Sequence[models.Field], count: int, to: BaseDatabaseWrapper
) -> str:
    """The statement that gives ``fields`` of ``count`` rows the values that come with their keys."""
    quote, typed = to.ops.quote_name, to.vendor == "postgresql"
    columns = ", ".join(
        # On PostgreSQL a list of values has no types of its own.
        f"{quote(str(field.column))} = {_cast(place, field, to) if typed else f'v.column{place}'}"
        for place, field in enumerate(fields, 2)
    )
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    marks = ", ".join([f"({', '.join(['%s'] * (len(fields) + 1))})"] * count)
    return (
        f"UPDATE {table} SET {columns} FROM (VALUES {marks}) AS v WHERE {table}.{key} = v.column1"  # noqa: S608 (own names)
    )


def _prepared(row: tuple, prepare: list[Callable]) -> list:
    """The key and the values of one row as the database takes them."""
    pk, *values = row
    pairs = zip(prepare, values, strict=True)
    return [pk, *(None if value is None else form(value) for form, value in pairs)]


def _cast(place: int, field: models.Field, to: BaseDatabaseWrapper) -> str:
    return f"CAST(v.column{place} AS {field.db_type(to)})"


def _preparer(field: models.Field, to: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """A function that turns a value of ``field`` into what the connection ``to`` is given."""
    if type(field) is models.JSONField and field.encoder is None:
        return _json_text
    if type(field) is models.UUIDField:
        return str if to.features.has_native_uuid_field else _hex
    return partial(field.get_db_prep_save, connection=to)


def _json_text(value: Any) -> str:
    """A JSON value as both engines take it: six times as fast as by way of the field."""
    return msgspec.json.encode(value).decode()


def _hex(value: uuid.UUID | str) -> str:
    return (value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))).hex


def _default(field: models.Field) -> Any:
    """What a row that does not name ``field`` gets; _UNMADE where it is made anew for each row."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    if _made_anew(field):
        return _UNMADE
    return None if field.primary_key else field.get_default()


def _made_anew(field: models.Field) -> bool:
    return field.has_default() and callable(field.default)
