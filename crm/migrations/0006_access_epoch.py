"""How often an account's access was ended: sessions and tokens carry the number and are compared with it."""

from django.db import migrations, models

#: Nobody's access has been ended by number yet.
OLD_ROWS = "0"


class Migration(migrations.Migration):
    dependencies = [("crm", "0005_nightly_runs")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="access_epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
