"""What the database holds encrypted."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, TextField
from django.db.models.functions import Cast


def sealed_columns() -> Iterator[tuple[type[Model], list[str]]]:
    """``(model, names of its encrypted fields)`` for each model that has any."""
    for model in apps.get_models():
        names = [
            field.name for field in model._meta.concrete_fields if getattr(field, "sealed", False)
        ]
        if names:
            yield model, names


def sealed_values(sample=None) -> Iterator[Any]:
    """What the database holds encrypted, as it stands there.

    Of each column all, or ``sample`` values of each end.
    """
    for model, names in sealed_columns():
        for name in names:
            raw = model._base_manager.exclude(**{f"{name}__isnull": True}).values_list(
                Cast(name, TextField()), flat=True
            )
            if sample is None:
                ends = [raw.order_by().iterator(chunk_size=5000)]
            else:
                ends = [raw.order_by("pk")[:sample], raw.order_by("-pk")[:sample]]
            yield from (value for rows in ends for value in rows if value)


def holds_sealed() -> bool:
    """Whether the database holds anything encrypted; false for one without its tables yet."""
    tables = set(connection.introspection.table_names())
    if any(model._meta.db_table not in tables for model, _names in sealed_columns()):
        return False
    return next(sealed_values(sample=1), None) is not None
