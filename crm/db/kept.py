"""Statements that come again and again: planned once by PostgreSQL, and compiled once by Django.

Planning a list with its six joins takes PostgreSQL several milliseconds, running it half of one.
Inside ``kept_plans`` a statement is prepared on its connection as soon as it has come a few times,
and its plan is kept. That is for statements whose best plan does not depend on their parameters (a
row by its key, a page of a list by its ordering); a list with filters is better planned each time
for the values at hand, which is how Django leaves it.

A ``KeptQuery`` moreover keeps the statement's text, where Django takes longer to compile it than the
database to answer and a call would take a tenth longer without. It answers as its plain queryset
does or not at all (CannotBeKept), which is made sure of in three places:

- A queryset that does more than its statement (prefetching, locks, another database) is refused.
- When a connection first asks, the plain queryset of the same values is compiled as well, in
  another language and time zone: it must have the same text and the same parameters. So what
  depends on the value (``contains``, a boolean), on the thread or on the moment does not get by.
  A day does not differ between the two, so a day, moment or identifier is only ever a given value.
- Values for which Django would write another statement (None, no number of the column) are refused
  at each asking (crm.db.given).

tests/crm/db/test_keep_statements.py asks every one of them beside its plain queryset, on other days
too.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from django.conf import settings
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone, translation

from crm.db.given import CannotBeKept, Given, adapter, is_moving

#: How often the same statement runs on a connection before it is prepared there.
OFTEN = 3


#: Every kept statement of this process.
KEPT: WeakSet["KeptQuery"] = WeakSet()


@contextmanager
def kept_plans() -> Iterator[None]:
    """Prepare on PostgreSQL what is read inside.

    On SQLite, which plans in no time, nothing is different.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor  # noqa: PLC0415 (needs PostgreSQL's driver)

    # else it would be found dead, and replaced, only by the first statement
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    driver = connection.connection
    before = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold = ServerBindingCursor, OFTEN
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = before


@dataclass(frozen=True)
class Statement:
    """A queryset's statement on one connection; ``params`` hold a Given where a value goes."""

    queryset: QuerySet
    compiler: SQLCompiler
    sql: str
    params: tuple
    adapters: tuple[Callable[[Any], Any], ...]

    def filled(self, values: Sequence) -> tuple:
        """The parameters with ``values`` in their places."""
        adapted = [adapt(value) for adapt, value in zip(self.adapters, values, strict=True)]
        return tuple(
            adapted[param.place] if isinstance(param, Given) else param for param in self.params
        )


class KeptQuery:
    """A queryset that is compiled once for each connection, and asked again and again with other
    values.

    ``make(*given)``, a named function, builds the queryset; ``given`` stand for the values of the
    ``fields``. ``about`` tells the statements of one builder apart. ``planned`` says that the plan
    is kept as well (see ``kept_plans``).

        def unit_by_code(code):
            return Unit.objects.filter(code=code)

        by_code = KeptQuery([Unit._meta.get_field("code")], unit_by_code)
        by_code("330302")  # a list of one unit, or an empty one
    """

    def __init__(
        self,
        fields: Sequence[Field],
        make: Callable[..., QuerySet],
        *,
        about: str = "",
        planned: bool = True,
    ) -> None:
        builder = make.func if isinstance(make, partial) else make
        self.builder = f"{builder.__module__}.{builder.__qualname__.replace('<locals>.', '')}"
        self.name = f"{self.builder} ({about})" if about else self.builder
        if builder.__name__ == "<lambda>":
            raise self._refused("a lambda has no name to know it by. Build it in a function.")
        self.fields, self.make = tuple(fields), make
        self.plans: Callable[[], AbstractContextManager] = kept_plans if planned else nullcontext
        KEPT.add(self)

    def __call__(self, *values: Any) -> list:
        """What the queryset yields for ``values``, as a list."""
        statement = self._statement(connections[DEFAULT_DB_ALIAS], values)
        try:
            filled = statement.sql, statement.filled(values)
        except CannotBeKept as refusal:
            raise self._refused(refusal) from refusal
        statement.compiler.as_sql = lambda *args, **kwargs: filled  # type: ignore[method-assign]
        rows: Any = statement.queryset._iterable_class(statement.queryset)
        with self.plans():
            return list(rows)

    def plain(self, *values: Any) -> QuerySet:
        """The queryset that the statement is kept of."""
        return self.make(*values)

    def _statement(self, connection: BaseDatabaseWrapper, values: Sequence) -> Statement:
        """The statement on ``connection``: compiled, and compared with that of ``values``, when it
        is first asked there.
        """
        kept = connection.__dict__.setdefault("kept_queries", WeakKeyDictionary())
        if self not in kept:
            statement = self.compiled(connection)
            self._require_same(connection, statement, values)
            kept[self] = statement
        return kept[self]

    def compiled(self, connection: BaseDatabaseWrapper) -> Statement:
        """The statement for whatever is given, if it can be kept."""
        given = [Given(field, place) for place, field in enumerate(self.fields)]
        try:
            statement = self._compile(connection, given)
        except CannotBeKept as refusal:
            raise self._refused(refusal) from refusal
        except EmptyResultSet as error:
            raise self._refused(
                "one of its conditions is never met (an empty list). Ask the plain queryset there."
            ) from error
        except (TypeError, ValueError, AttributeError, FieldError, ProgrammingError) as error:
            raise self._refused(
                f"it cannot be built with what stands for its values ({error}). Build it without"
                " looking at them, or ask the plain queryset."
            ) from error
        self._require_given(statement.params)
        return statement

    def _require_given(self, params: tuple) -> None:
        """Refuse parameters that would stay as they are, and given values that have no place of
        their own among them.
        """
        if moving := [param for param in params if is_moving(param)]:
            raise self._refused(
                f"{moving!r} would stay as they are today. Give them at each asking."
            )
        used = [param for param in params if isinstance(param, Given)]
        if not all(param.compared for param in used):
            raise self._refused("a given value is part of an expression. Compare columns with it.")
        places = {param.place for param in used}
        if unused := [field.name for at, field in enumerate(self.fields) if at not in places]:
            raise self._refused(f"it does not use the given {unused!r}. Leave them out.")

    def _compile(self, connection: BaseDatabaseWrapper, values: Sequence) -> Statement:
        queryset = self.make(*values)
        _require_keepable(queryset)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        queryset.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        adapters = tuple(adapter(field, connection) for field in self.fields)
        return Statement(queryset, compiler, sql, tuple(params), adapters)

    def _require_same(
        self, connection: BaseDatabaseWrapper, statement: Statement, values: Sequence
    ) -> None:
        """Refuse a statement that is not the one of the plain queryset of ``values``."""
        try:
            filled, unfit = statement.filled(values), None
        except CannotBeKept as refusal:
            raise self._refused(refusal) from refusal
        except (TypeError, ValueError, ValidationError) as error:
            filled, unfit = (), error
        with _elsewhere():
            plain = self._compile(connection, values)  # refuses unfit values in its own words
        if (statement.sql, *map(_typed, filled)) != (plain.sql, *map(_typed, plain.params)):
            raise self._refused(
                f"with {values!r} its plain queryset asks\n{plain.sql} {plain.params!r}\nand it\n"
                f"{statement.sql} {filled!r}\nWhat depends on the value, the moment, the language or"
                " the time zone is given, or asked by the plain queryset."
            ) from unfit

    def _refused(self, why: object) -> CannotBeKept:
        return CannotBeKept(f"{self.name} cannot be kept: {why}")


def _typed(param: object) -> tuple[type, object]:
    """A parameter that differs from another of the same value and another type: 1 and True."""
    return type(param), param


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Another language and another time zone than those of this moment."""
    here = timezone.get_current_timezone_name()
    other = next(code for code, _name in settings.LANGUAGES if code != translation.get_language())
    with translation.override(other), timezone.override("Asia/Tokyo" if here == "UTC" else "UTC"):
        yield


def _require_keepable(queryset: Any) -> None:
    """Refuse what does more than its statement says, or is of one moment or person only."""
    if not isinstance(queryset, QuerySet):
        raise CannotBeKept(f"it is built as a {type(queryset).__name__}. Build a queryset.")
    for reason, holds in _reasons_against(queryset).items():
        if holds:
            raise CannotBeKept(f"{reason}. Leave it out, or ask the plain queryset.")


def _reasons_against(rows: Any) -> dict[str, Any]:
    """Why a queryset cannot be kept, each with whether it holds."""
    return {
        "prefetch_related is dropped": rows._prefetch_related_lookups,
        "select_for_update looks for a transaction only while compiling": (
            rows.query.select_for_update
        ),
        "it asks another database": rows._db not in (None, DEFAULT_DB_ALIAS),
        "it is built from one row (a related manager)": rows._known_related_objects,
        "it was asked already": rows._result_cache is not None,
        "a scope is one person's": _holds_scope(rows.query.where),
    }


def _holds_scope(node: object) -> bool:
    children = getattr(node, "children", ())
    return getattr(node, "holds_scope", False) or any(map(_holds_scope, children))
