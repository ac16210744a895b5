"""Files below MEDIA_ROOT, and the columns that name them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models


class MediaPathField(models.CharField):
    """The path of a file below MEDIA_ROOT; empty where there is none.

    For the database a CharField like any other.

    A file never changes under its name, and a row is deleted before its files are: a backup relies
    on both.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def media_columns() -> Iterator[tuple[str, str]]:
    """``(table, column)`` of every column that names files."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, MediaPathField):
                yield model._meta.db_table, str(field.column)
