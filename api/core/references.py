"""How each noun is named where another one points at it: its public key, and what is shown beside
it.

Internal integer keys never leave the system. A reference is read as ``{"uid": …, "name": …}`` and
written as its key alone; which rows may be named in a write is what the writer may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models import Model, Q

from crm.hooks import Hook


@dataclass(frozen=True)
class Reference:
    """How rows of ``model`` are named: ``key`` is the public column, ``shown`` what is read beside
    it, ``usable`` which rows a write may newly name.

    ``keys_of(model)`` gives, for a short table that hardly changes, public key → primary key
    without asking the database.
    """

    model: type[Model]
    key: str = "uid"
    shown: tuple = ("name",)
    usable: Q = Q()
    keys_of: Callable | None = None

    @property
    def columns(self):
        return (self.key, *self.shown)


#: Filled with Reference.
references = Hook(
    "api_references",
    "How the API names a row of another noun (Reference).",
    key=attrgetter("model"),
)


@cache
def reference_of(model: type[Model]) -> Reference:
    """How rows of ``model`` are named; LookupError for a noun that has not said so."""
    reference = references.get(model)
    if reference is None:
        raise LookupError(f"{model.__name__} has no Reference: add one in its api/…/nouns.py")
    return reference


def rows_of(model, user, action="view") -> Any:
    """The rows of ``model`` that ``user`` may do ``action`` with.

    Code tables have no scope and are everybody's.
    """
    rows = model._default_manager.get_queryset()
    return rows.visible_to(user, action) if hasattr(rows, "visible_to") else rows
