"""A table in which limits are counted while the cache is away (crm.backing.rates). It begins empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_login_tries")]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("count", models.PositiveIntegerField(default=0)),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
