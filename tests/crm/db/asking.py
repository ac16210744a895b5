"""What the tests of kept statements share: values to ask with, and answers that can be compared."""

import uuid

from django.db import models


def some_of(field):
    """Values that a unique column holds, and values that it does not."""
    held = list(field.model._base_manager.values_list(field.attname, flat=True))
    if isinstance(field, models.UUIDField):
        return [*held, uuid.uuid4(), uuid.UUID(int=0)]
    if isinstance(field, models.CharField):
        return [*held, "", "none", "%", "_", "\\", "'", held[0].lower(), f" {held[0]}", "温" * 500]
    return [*held, 0, -1, 2**63 - 1]


def told(row, seen=()):
    """A row of an answer as a value that can be compared: an instance by all that it holds, and the
    instances beside it.
    """
    if not isinstance(row, models.Model) or row in seen:
        return row
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    beside = row._state.fields_cache.items()
    return type(row), held, {name: told(other, (*seen, row)) for name, other in beside}
