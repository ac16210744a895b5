"""Statements that come again and again: planned once by PostgreSQL, and compiled once by Django.

Planning a list with its six joins takes PostgreSQL several milliseconds, running it half of one.
Inside ``kept_plans`` a statement is prepared on its connection as soon as it has come a few times,
and its plan is kept. That is for statements whose best plan does not depend on their parameters (a
row by its key, a page of a list by its ordering); a list with filters is better planned each time
for the values at hand, which is how Django leaves it.

A ``KeptQuery`` (``KeptUpdate``, ``KeptInsert``) moreover keeps the statement's text: Django takes
longer to compile a small query than to run it.
"""

from contextlib import contextmanager, nullcontext
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression
from django.db.models.sql import InsertQuery, UpdateQuery

#: How often the same statement runs on a connection before it is prepared there.
OFTEN = 3


@contextmanager
def kept_plans():
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


class Given(Expression):
    """Stands in a KeptQuery's conditions for a value that is given when it is asked, of a model
    field's type.
    """

    def __init__(self, field, place):
        super().__init__(output_field=field)
        self.place = place

    def as_sql(self, compiler, connection):
        return "%s", [self]


class KeptQuery:
    """A queryset that is compiled once for each connection, and asked again and again with other
    values.

    ``make(*given)`` builds the queryset; ``given`` stand for the values of the ``fields``.
    ``planned`` says that its plan is kept as well (see ``kept_plans``).

        by_code = KeptQuery([Unit._meta.get_field("code")], lambda code: Unit.objects.filter(code=code))
        by_code("330302")  # a list of one unit, or an empty one
    """

    def __init__(self, fields, make, *, planned=True):
        self.fields, self.make = fields, make
        self.plans = kept_plans if planned else nullcontext

    def __call__(self, *values):
        """What the queryset yields for ``values``, as a list."""
        (queryset, compiler), sql, params = self._filled(connections[DEFAULT_DB_ALIAS], values)
        compiler.as_sql = lambda *args, **kwargs: (sql, params)
        with self.plans():
            return list(queryset._iterable_class(queryset))

    def _filled(self, connection, values):
        """(what runs the statement, its text, its parameters with ``values`` put in their places)."""
        kept = connection.__dict__.setdefault("kept_queries", WeakKeyDictionary())
        if self not in kept:
            kept[self] = self._compiled(
                connection, [Given(field, place) for place, field in enumerate(self.fields)]
            )
        run_by, sql, params = kept[self]
        adapted = [
            field.get_db_prep_value(value, connection)
            for field, value in zip(self.fields, values, strict=True)
        ]
        return (
            run_by,
            sql,
            tuple(adapted[param.place] if isinstance(param, Given) else param for param in params),
        )

    def _compiled(self, connection, given):
        queryset = self.make(*given)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        return (queryset, compiler), sql, params


class KeptUpdate(KeptQuery):
    """An UPDATE kept in the same way.

    ``make(*given)`` returns the rows and their new values by the names of columns.

    rename = KeptUpdate([Unit._meta.pk, Unit._meta.get_field("name")], lambda pk, name: (Unit.objects.filter(pk=pk), {"name": name}))
    rename(7, "…")  # how many rows were written
    """

    def __call__(self, *values):
        """Write ``values``; how many rows were written."""
        connection = connections[DEFAULT_DB_ALIAS]
        _nothing, sql, params = self._filled(connection, values)
        with self.plans(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount

    def _compiled(self, connection, given):
        rows, changes = self.make(*given)
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return None, *query.get_compiler(connection=connection).as_sql()


class KeptInsert(KeptQuery):
    """The INSERT of one model kept in the same way, for rows that give a value to each of the
    ``fields``, in their order.
    """

    def __init__(self, fields):
        super().__init__(fields, fields[0].model)

    def __call__(self, *values):
        """Write one row; its key."""
        connection = connections[DEFAULT_DB_ALIAS]
        key, sql, params = self._filled(connection, values)
        with self.plans(), connection.cursor() as cursor:
            cursor.execute(f"{sql} {key}", params)
            return cursor.fetchone()[0]

    def many(self, rows):
        """Write rows of values."""
        connection = connections[DEFAULT_DB_ALIAS]
        filled = [self._filled(connection, values) for values in rows]
        sql, rows = filled[0][1], [params for _key, _sql, params in filled]
        with self.plans(), connection.cursor() as cursor:
            # PostgreSQL's driver opens a pipeline for many, which one is not worth.
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
                cursor.executemany(sql, rows)

    def _compiled(self, connection, given):
        query = InsertQuery(self.make)
        row = self.make(
            **{field.attname: value for field, value in zip(self.fields, given, strict=True)}
        )
        query.insert_values(self.fields, [row])
        key, _no_params = connection.ops.return_insert_columns([self.make._meta.pk])
        return key, *query.get_compiler(connection=connection).as_sql()[0]
