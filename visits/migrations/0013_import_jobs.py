import django.db.models.deletion
from django.db import migrations, models

#: At older imports nothing is at work.
OLD_ROWS = "empty"


class Migration(migrations.Migration):
    """An import knows the work that was ordered for it."""

    dependencies = [
        ("crm", "0003_notices"),
        ("visits", "0012_checked_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="problemimport",
            name="job",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="crm.job"),
        ),
    ]
