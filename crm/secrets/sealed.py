"""Whether the personal data in the database can be read with the keys that are here (crm.secrets.datakey)."""

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import DatabaseError, connection
from django.db.models import TextField
from django.db.models.functions import Cast

from crm.secrets import encryption

#: Rows of each end of a table that a start looks at.
SAMPLE = 50


def sealed_columns():
    """``(model, names of its encrypted fields)`` for each model that has any."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, encryption.EncryptedTextField)]
        if names:
            yield model, names


def sealed_values(sample=None):
    """What the database holds encrypted, as it stands there; of each column all, or ``sample`` values of each end."""
    for model, names in sealed_columns():
        for name in names:
            raw = model._base_manager.exclude(**{f"{name}__isnull": True}).values_list(Cast(name, TextField()), flat=True)
            if sample is None:
                ends = [raw.order_by().iterator(chunk_size=5000)]
            else:
                ends = [raw.order_by("pk")[:sample], raw.order_by("-pk")[:sample]]
            yield from (value for rows in ends for value in rows if value)


def holds_sealed():
    """Whether the database holds anything encrypted; false for one without its tables yet."""
    tables = set(connection.introspection.table_names())
    if any(model._meta.db_table not in tables for model, _names in sealed_columns()):
        return False
    return next(sealed_values(sample=1), None) is not None


def counted_sealed(sample=None):
    """``(how many encrypted values were looked at, how many of them the present keys do not open)``."""
    looked_at = unreadable = 0
    for value in sealed_values(sample):
        looked_at += 1
        try:
            encryption.opened(value)
        except InvalidToken:
            unreadable += 1
    return looked_at, unreadable


def refusal_to_start():
    """Why the service must not start with these keys, in a sentence; empty where it may, or the database cannot be asked.

    It looks at a sample only. Some unreadable values among others are for ``manage.py check`` to tell: they are no
    reason to stand still.
    """
    try:
        if not holds_sealed():
            return ""
        looked_at, unreadable = counted_sealed(SAMPLE)
    except DatabaseError:  # the doors say 503 until it is back
        return ""
    return encryption.unreadable_sentence() if looked_at == unreadable else ""


