"""Models of a test's own, which no other test and no app knows, and their tables."""

from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection

from crm.models import Unit, User


def own_registry():
    """A registry for such models (``Meta.apps``), which may point to people and units."""
    registry = Apps()
    for model in (Unit, User):
        registry.register_model("crm", model)
    return registry


@contextmanager
def own_tables(blocker, *models):
    """The tables of ``models``, outside the transactions of tests (``blocker``:
    django_db_blocker).
    """
    with blocker.unblock(), connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    yield
    with blocker.unblock(), connection.schema_editor() as editor:
        for model in reversed(models):
            editor.delete_model(model)
