"""What stands for a value in a kept statement, and which values may take its place."""

import datetime
import re
import sys
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, IntegerField, Value
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler


class CannotBeKept(ImproperlyConfigured):
    """A kept statement would answer otherwise than its plain queryset."""


class Given(Value):
    """Stands for a value of a model field's type that is given when the statement is asked.

    It has no value to look at: a builder that does would build for one value what is asked with
    all. ``compared`` says that Django has put it where a lookup compares a column with a value;
    within an expression some functions look at values (``Left`` refuses a length of 0).
    """

    compared = False

    def __init__(self, field: Field, place: int) -> None:
        super().__init__(None, output_field=field)
        self.place = place

    def __repr__(self) -> str:
        return f"Given({self.field.name!r})"

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Given":
        resolved = super().resolve_expression(*args, **kwargs)
        if sys._getframe(1).f_code is Query.resolve_lookup_value.__code__:
            resolved.compared = True
        return resolved

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]

    def __bool__(self) -> bool:
        return _is_django(sys._getframe(1)) or self._looked_at()

    def __eq__(self, other: object) -> bool:
        if not (_is_django(sys._getframe(1)) or hasattr(other, "resolve_expression")):
            self._looked_at()
        return super().__eq__(other)

    __hash__ = Value.__hash__

    def _looked_at(self, *_args: object) -> NoReturn:
        raise CannotBeKept(
            f"its builder looks at the value of {self.field.name!r}, which is not there yet. Build"
            " the same whatever the value is, or ask the plain queryset."
        )

    __str__ = __format__ = __int__ = _looked_at


def _is_django(frame: FrameType) -> bool:
    """Whether Django asks, which tells an expression from None in this way, and not a builder."""
    return frame.f_globals.get("__name__", "").startswith("django.")


def adapter(field: Field, connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """A function that makes of a value what the database is given for it, as a lookup of ``field``
    does.

    It refuses values for which Django would write another statement: None is ``IS NULL``, a whole
    number that the column cannot hold finds nothing without a question, a fraction is rounded by
    the direction of the comparison.
    """
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined]  # of a foreign key
    whole = isinstance(field, IntegerField)
    least, most = (
        connection.ops.integer_field_range(field.get_internal_type()) if whole else (None, None)
    )

    def adapted(value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            raise CannotBeKept(
                f"it was asked with {value!r} for {field.name!r}, which is another statement. Ask the"
                " plain queryset there."
            )
        if not whole:
            return field.get_db_prep_value(value, connection)
        number = field.get_prep_value(value)
        if isinstance(value, float) or not (
            (least is None or least <= number) and (most is None or number <= most)
        ):
            raise CannotBeKept(
                f"it was asked with {value!r} for {field.name!r}, which is no number of that column."
                " Ask the plain queryset there."
            )
        return field.get_db_prep_value(number, connection, prepared=True)

    return adapted


#: Moments, days and identifiers as SQLite is given them.
_MOVING = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?|\d\d:\d\d:\d\d.*|[0-9a-f]{32}")


def is_moving(parameter: object) -> bool:
    """Whether a statement's own parameter is of a kind that is read off the clock or drawn: kept, it
    would be that of the first asking for ever.
    """
    if isinstance(parameter, str):
        return bool(_MOVING.fullmatch(parameter))
    return isinstance(parameter, (datetime.date, datetime.time, datetime.timedelta, uuid.UUID))
