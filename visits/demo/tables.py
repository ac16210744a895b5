"""Writing very many rows of one model: COPY on PostgreSQL, one prepared statement on SQLite.

Django's bulk_create takes a minute for what this writes in ten seconds. Values go through the model's own fields, so
encryption and each engine's forms stay theirs; what a row does not name gets the field's default. Keys are given out
here, which is sound because the whole load is one transaction on tables that nobody else writes yet.
"""

from django.core.management.color import no_style
from django.db import connection, connections, models

BATCH = 5000

#: Fields whose Python values both engines take as they are.
_PLAIN = {
    models.CharField, models.TextField, models.EmailField, models.BigAutoField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.BigIntegerField, models.ForeignKey, models.OneToOneField,
}  # fmt: skip


class Table:
    """The rows of one model on their way into the database."""

    def __init__(self, model):
        self.model = model
        self.connection = connections[connection.alias]  # the connection itself: its proxy is slow a million times
        fields = model._meta.concrete_fields
        self.names = [field.attname for field in fields]
        self.defaults = [field.get_default() if not field.primary_key else None for field in fields]
        self.forms = [(place, field) for place, field in enumerate(fields) if type(field) not in _PLAIN]
        self.key = model._meta.pk.attname
        self.last_key = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.count = 0
        self.waiting = []

    def add(self, **values):
        """Take one row by its column names (``unit_id``, not ``unit``) and return its key."""
        key = values.get(self.key)
        if key is None:
            self.last_key += 1
            key = values[self.key] = self.last_key
        get = values.get
        self.waiting.append([get(name, default) for name, default in zip(self.names, self.defaults, strict=True)])
        if len(self.waiting) >= BATCH:
            self.flush()
        return key

    def flush(self):
        """Write what waits."""
        rows, self.waiting = self.waiting, []
        self.count += len(rows)
        for place, field in self.forms:
            prepare = field.get_db_prep_save
            for row in rows:
                if row[place] is not None:
                    row[place] = prepare(row[place], self.connection)
        if rows:
            self._write(rows)

    def _write(self, rows):
        quote = connection.ops.quote_name
        table = quote(self.model._meta.db_table)
        columns = ", ".join(quote(field.column) for field in self.model._meta.concrete_fields)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.names))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 (own names)

    def close(self):
        """Write the rest and let the database give out the keys after the last one; returns the number of rows."""
        self.flush()
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)
        return self.count
