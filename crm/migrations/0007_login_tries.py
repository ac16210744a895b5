"""Attempts to log in, which the limits count; what django-axes counted until now goes with its tables."""

from django.db import migrations, models

AXES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    dependencies = [("crm", "0006_access_epoch")]

    operations = [
        migrations.CreateModel(
            name="LoginTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=60)),
                ("address", models.CharField(blank=True, default="", max_length=45)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number", "at"], name="logintry_number"),
                    models.Index(fields=["place", "at"], name="logintry_place"),
                ],
            },
        ),
        migrations.RunSQL([f"DROP TABLE IF EXISTS {table}" for table in AXES], migrations.RunSQL.noop),
    ]
