"""Writing very many rows of one model: COPY on PostgreSQL, one prepared statement on SQLite.

Django's bulk_create takes a minute for what this writes in ten seconds. Values go through the model's own fields, so
encryption and each engine's forms stay theirs; what a row does not name gets the field's default. No signals are sent.
"""

from django.db import connection, connections, models
from django.utils import timezone

BATCH = 5000

#: Fields whose Python values both engines take as they are.
_PLAIN = {
    models.CharField, models.TextField, models.EmailField, models.BigAutoField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.BigIntegerField, models.ForeignKey, models.OneToOneField,
}  # fmt: skip

#: Fields whose values come again in many rows and are prepared once a batch.
_REPEATED = {models.DateField, models.DateTimeField, models.BooleanField, models.DecimalField}


class Table:
    """The rows of one model on their way into the database; to be used and closed within one transaction."""

    def __init__(self, model):
        self.model = model
        self.connection = connections[connection.alias]  # the connection itself: its proxy is slow a million times
        fields = model._meta.concrete_fields
        self.names = [field.attname for field in fields]
        self.defaults = [_default(field) for field in fields]
        self.made = [(place, field.default) for place, field in enumerate(fields) if _made_anew(field)]
        self.forms = [(place, field) for place, field in enumerate(fields) if type(field) not in _PLAIN]
        self.key = model._meta.pk.attname
        self.keys = iter(())
        self.count = 0
        self.waiting = []

    def add(self, **values):
        """Take one row by its column names (``unit_id``, not ``unit``) and return its key."""
        key = values.get(self.key)
        if key is None:
            key = next(self.keys, None)
            if key is None:
                self.keys = iter(self._more_keys())
                key = next(self.keys)
            values[self.key] = key
        get = values.get
        row = [get(name, default) for name, default in zip(self.names, self.defaults, strict=True)]
        for place, make in self.made:
            if row[place] is None and self.names[place] not in values:
                row[place] = make()
        self.waiting.append(row)
        if len(self.waiting) >= BATCH:
            self.flush()
        return key

    def flush(self):
        """Write what waits."""
        rows, self.waiting = self.waiting, []
        self.count += len(rows)
        for place, field in self.forms:
            prepare, known = field.get_db_prep_save, {None: None}
            again = type(field) in _REPEATED
            for row in rows:
                value = row[place]
                if not again:
                    row[place] = None if value is None else prepare(value, self.connection)
                elif value in known:
                    row[place] = known[value]
                else:
                    row[place] = known[value] = prepare(value, self.connection)
        if rows:
            self._write(rows)

    def close(self):
        """Write the rest; returns the number of rows written in all."""
        self.flush()
        return self.count

    def _more_keys(self):
        """The next keys: on PostgreSQL out of the sequence, on SQLite after the last one, which the write lock guards."""
        table, column = self.model._meta.db_table, self.model._meta.pk.column
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [f'"{table}"', column, BATCH]
                )
                return [key for (key,) in cursor.fetchall()]
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            given = cursor.fetchone()
        last = max(given[0] if given else 0, self._last_key())
        return range(last + 1, last + 1 + BATCH)

    def _last_key(self):
        waiting = self.waiting[-1][self.names.index(self.key)] if self.waiting else 0
        return max(waiting, self.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0)

    def _write(self, rows):
        quote = self.connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        columns = ", ".join(quote(field.column) for field in self.model._meta.concrete_fields)
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.names))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 (own names)


def _default(field):
    """What a row that does not name ``field`` gets; None where it is made anew for each row."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return None if field.primary_key or _made_anew(field) else field.get_default()


def _made_anew(field):
    return field.has_default() and callable(field.default)
