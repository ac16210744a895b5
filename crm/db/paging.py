"""Lists paged by key: a page costs the same at any depth, and nothing is counted on the way.

An ordering is a tuple of columns, none of them nullable, that ends with a unique one. A cursor
holds the values of the last row of a page, so the next page begins just behind it, whatever was
inserted meanwhile.
"""

import base64
import binascii
import datetime
import decimal
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connections
from django.db.models import BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from crm.db.given import Given
from crm.db.querysets import Alternative, ScopedQuerySet
from crm.errors import Invalid

#: Columns, "-" for descending; and what carries them.
Ordering = Sequence[str]
Row = Model | dict[str, Any]


class Page(list):
    """The rows of one page, and the cursors of the pages beside it (None where there is none)."""

    next_cursor: str | None = None
    previous_cursor: str | None = None


def page_by_key(
    queryset: QuerySet, ordering: Ordering, *, size: int, cursor: str | None = None
) -> Page:
    """One page of ``queryset`` by ``ordering`` (columns, "-" for descending).

    ``queryset`` yields instances or dictionaries (``.values()``) that carry the ordering's columns.
    Raises Invalid for a cursor that was not made here for this ordering.
    """
    backwards, boundary = _decoded(cursor, ordering)
    beyond = queryset
    if boundary is not None:
        try:
            beyond = queryset.filter(_beyond(ordering, boundary, backwards))
        except (ValueError, TypeError, ValidationError) as error:
            raise _strange() from error
    rows = _first_rows(queryset, beyond, tuple(_order_by(ordering, backwards)), size + 1)
    more = len(rows) > size
    page = Page(reversed(rows[:size]) if backwards else rows[:size])
    if page:
        if more or backwards:
            page.next_cursor = _encoded("n", ordering, page[-1])
        if boundary is not None and (more or not backwards):
            page.previous_cursor = _encoded("p", ordering, page[0])
    return page


def _first_rows(
    queryset: QuerySet, beyond: QuerySet, order: tuple[str, ...], count: int
) -> list[Row]:
    """The first rows of ``beyond``, the part of ``queryset`` behind a boundary."""
    found = beyond.alternatives() if isinstance(beyond, ScopedQuerySet) else []
    if found:
        beyond = queryset.filter(pk__in=_keys_by_alternative(found, order, count))
    return list(beyond.order_by(*order)[:count])


def _keys_by_alternative(
    alternatives: list[Alternative], order: tuple[str, ...], count: int
) -> list:
    """The keys of the first ``count`` rows, looked for in each alternative of the scope by itself.

    "Mine, or my unit's, or …" as one condition makes an engine collect and sort all that a person
    may see, which grows with the table; each alternative alone is read from its own index and stops
    after ``count`` rows. Its statement is compiled once and asked with each of its values: compiling
    sixty takes longer than running them.
    """
    any_rows = alternatives[0].rows
    rows, connection = any_rows.model._base_manager, connections[any_rows.db]
    found, params = [], []
    for alternative in alternatives:
        asked = alternative.rows.order_by(*order).values("pk")[:count]
        try:
            sql, given = asked.query.sql_with_params()
        except EmptyResultSet:  # such as the units of somebody who reads none
            continue
        for value in alternative.values or (None,):
            found.append(sql)
            params += [value if isinstance(param, Given) else param for param in given]
    if not found:
        return []
    key = connection.ops.quote_name(rows.model._meta.pk.column)
    if connection.vendor == "postgresql":
        # With OR it would walk the whole ordering and ask of each row whether it is among the
        # found.
        among = f"{key} IN ({' UNION ALL '.join(f'({sql})' for sql in found)})"
    else:
        among = " OR ".join(f"{key} IN ({sql})" for sql in found)
    rows = rows.filter(RawSQL(among, params, output_field=BooleanField()))
    return list(rows.order_by(*order).values_list("pk", flat=True)[:count])


def cursor_behind(ordering: Ordering, row: Row) -> str:
    """The cursor of the page that begins just behind ``row``."""
    return _encoded("n", ordering, row)


def _order_by(ordering: Ordering, backwards: bool) -> Iterator[str]:
    """The columns as Django wants them, each turned round when reading backwards."""
    for column in ordering:
        yield (
            column.lstrip("-") if column.startswith("-") == backwards else f"-{column.lstrip('-')}"
        )


def _beyond(ordering: Ordering, values: Sequence, backwards: bool) -> Q:
    """Rows that come behind ``values``: a > x, or a = x and b > y, … written so that an index on
    the columns serves.
    """
    condition = Q()
    for column, value in reversed(list(zip(ordering, values, strict=True))):
        name, descending = column.lstrip("-"), column.startswith("-") != backwards
        behind = Q(**{f"{name}__{'lt' if descending else 'gt'}": value})
        condition = behind | (Q(**{name: value}) & condition) if condition else behind
    first = ordering[0]
    descending = first.startswith("-") != backwards
    # Implied by the rest, and what lets the engine start in the middle of the index instead of at
    # its end.
    return Q(**{f"{first.lstrip('-')}__{'lte' if descending else 'gte'}": values[0]}) & condition


def _value(row: Row, column: str) -> Any:
    name = column.lstrip("-")
    if isinstance(row, dict):
        return row[name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _encoded(direction: str, ordering: Ordering, row: Row) -> str:
    values = [_plain(_value(row, column)) for column in ordering]
    return (
        base64.urlsafe_b64encode(msgspec.json.encode([direction, *ordering, *values]))
        .rstrip(b"=")
        .decode()
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return ["t", value.isoformat()]
    if isinstance(value, datetime.date):
        return ["d", value.isoformat()]
    if isinstance(value, decimal.Decimal):
        return ["n", str(value)]
    if isinstance(value, uuid.UUID):
        return ["u", str(value)]
    return value


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        kind, text = value
        readers: dict[str, Callable[[str], Any]] = {
            "t": datetime.datetime.fromisoformat,
            "d": datetime.date.fromisoformat,
            "n": decimal.Decimal,
            "u": uuid.UUID,
        }
        return readers[kind](text)
    return value


#: What reading a cursor raises that was not made here.
_NOT_MADE_HERE = (
    ValueError,
    TypeError,
    KeyError,
    binascii.Error,
    msgspec.DecodeError,
    ArithmeticError,
)


def _decoded(cursor: str | None, ordering: Ordering) -> tuple[bool, list | None]:
    """``(backwards, values)`` of this ordering's cursor (else Invalid), ``(False, None)`` of none."""
    if not cursor:
        return False, None
    try:
        direction, *rest = _unpacked(cursor)
        names, values = rest[: len(ordering)], list(map(_typed, rest[len(ordering) :]))
        if direction not in ("n", "p") or names != list(ordering) or len(values) != len(names):
            raise ValueError
        if any(map(_is_no_value, values)):
            raise ValueError
    except _NOT_MADE_HERE as error:
        raise _strange() from error
    return direction == "p", values


def _unpacked(cursor: str) -> list:
    padded = cursor + "=" * (-len(cursor) % 4)
    return msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True))


def _is_no_value(value: Any) -> bool:
    """Whether no column of an ordering holds such a thing."""
    return value is None or isinstance(value, (list, dict)) or "\0" in str(value)


def _strange() -> Invalid:
    return Invalid(
        errors={"cursor": [_("This cursor was not made for this list; start from its first page.")]}
    )
