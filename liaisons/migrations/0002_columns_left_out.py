"""The column that 0001 got after the first release: added to the databases that were made before it had it."""

from django.db import migrations

#: Which columns an earlier import left out was not kept.
OLD_ROWS = "an empty list"


def add_where_missing(apps, editor):
    model = apps.get_model("liaisons", "ImportBatch")
    with editor.connection.cursor() as cursor:
        columns = editor.connection.introspection.get_table_description(cursor, model._meta.db_table)
    if "left_out" not in {column.name for column in columns}:
        editor.add_field(model, model._meta.get_field("left_out"))


class Migration(migrations.Migration):
    dependencies = [("liaisons", "0001_initial")]
    operations = [migrations.RunPython(add_where_missing, migrations.RunPython.noop)]
