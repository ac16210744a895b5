from django.db import migrations, models

#: Photos and files that are there were checked when they came.
OLD_ROWS = "ready"
STATES = [("checking", "Being checked"), ("ready", "Ready"), ("refused", "Not taken")]


def text(length):
    return models.CharField(blank=True, default="", max_length=length)


def state(default):
    return models.CharField(choices=STATES, default=default, max_length=8, verbose_name="state")


class Migration(migrations.Migration):
    """Photos and files are checked by a worker before anybody is shown them."""

    dependencies = [
        ("visits", "0011_old_problems"),
    ]

    operations = [
        *(migrations.AddField(model, "state", state("ready")) for model in ("photo", "attachment")),
        *(migrations.AlterField(model, "state", state("checking")) for model in ("photo", "attachment")),
        *(migrations.AddField(model, "original", text(100)) for model in ("photo", "attachment")),
        *(migrations.AddField(model, "refusal", models.JSONField(blank=True, default=dict)) for model in ("photo", "attachment")),
        *(migrations.AlterField(model, "file", text(100)) for model in ("photo", "attachment")),
        *(migrations.AlterField(model, "sha256", text(64)) for model in ("photo", "attachment")),
        *(migrations.AlterField("photo", name, text(100)) for name in ("thumbnail", "print_copy")),
        *(migrations.AlterField("photo", name, models.PositiveIntegerField(default=0)) for name in ("width", "height")),
        migrations.AddField("photo", "name", models.CharField(blank=True, default="", max_length=120, verbose_name="name")),
    ]
