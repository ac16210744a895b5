"""The index that 0001 got after the first release, for the databases made before; and drafts have a name in words."""

from django.db import migrations

NAME = "visit_unit_kind"


def add_where_missing(apps, editor):
    model = apps.get_model("visits", "Visit")
    with editor.connection.cursor() as cursor:
        there = editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
    if NAME not in there:
        editor.add_index(model, next(index for index in model._meta.indexes if index.name == NAME))


class Migration(migrations.Migration):
    dependencies = [("visits", "0009_step_detail")]
    operations = [
        migrations.RunPython(add_where_missing, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="visitdraft",
            options={"ordering": ["-updated_at"], "verbose_name": "draft of a visit", "verbose_name_plural": "drafts of visits"},
        ),
    ]
