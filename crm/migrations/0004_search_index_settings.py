"""The settings that 0002 gave PostgreSQL's search index after the first release, for the databases made before."""

from django.db import migrations


def set_as_new(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER INDEX searchentry_grams RESET (fastupdate)")
        editor.execute("ALTER INDEX searchentry_grams SET (gin_pending_list_limit = 1024)")


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_notices")]
    operations = [migrations.RunPython(set_as_new, migrations.RunPython.noop)]
