"""Works of the night are remembered; a database without rows has done none yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0004_search_index_settings")]
    operations = [
        migrations.CreateModel(
            name="NightlyRun",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("night", models.DateField(null=True)),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ["name"]},
        ),
    ]
