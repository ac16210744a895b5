"""Tokens carry their owner's access epoch; those that outlived an end, a move or another role are revoked."""

from django.db import migrations, models
from django.utils import timezone

#: As old accounts begin; tokens that should have ended are revoked below.
OLD_ROWS = "0"
#: What ends all access from now on, and did not end tokens before.
ENDING = ("account.end", "account.resume", "account.move", "account.role", "account.first_password")


def revoke_what_outlived(apps, schema_editor):
    """Revoke each token whose owner's account was changed in one of these ways after it was issued, by the audit log."""
    tokens, events = apps.get_model("api", "ApiToken").objects, apps.get_model("crm", "AuditEvent").objects
    for token in tokens.filter(revoked_at__isnull=True):
        changed = events.filter(noun="user", object_uid=str(token.owner_id), verb__in=ENDING, at__gt=token.created_at)
        if changed.exists():
            tokens.filter(pk=token.pk).update(revoked_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("crm", "0006_access_epoch")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="epoch",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(revoke_what_outlived, migrations.RunPython.noop, elidable=True),
    ]
