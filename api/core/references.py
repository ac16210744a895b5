"""How each noun is named where another one points at it: its public key, and what is shown beside
it.

Internal integer keys never leave the system. A reference is read as ``{"uid": …, "name": …}`` and
written as its key alone; which rows may be named in a write is what the writer may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm.models import Division, Industry, Unit
from liaisons.models import Contact, Enterprise, KeyProject, Officer
from visits.models import Campaign, CommonCause, Problem, ProblemCategory, ServiceItem, Topic, Visit
from visits.models.dictionaries import offered_codes


@dataclass(frozen=True)
class Reference:
    """``key`` is the public column, ``shown`` what is read beside it, ``usable`` which rows a write
    may newly name.

    ``keys_of(model)`` gives, for a short table that hardly changes, public key → primary key
    without asking the database.
    """

    key: str = "uid"
    shown: tuple = ("name",)
    usable: Q = Q()
    keys_of: Callable | None = None

    @property
    def columns(self):
        return (self.key, *self.shown)


_WORD = Reference("code", usable=Q(retired=False), keys_of=offered_codes)
REFERENCES = {
    Unit: Reference("code", usable=Q(closed_on__isnull=True)),
    Division: Reference("code", usable=Q(obsolete=False)),
    Industry: Reference("code"),
    Topic: _WORD,
    ServiceItem: _WORD,
    ProblemCategory: _WORD,
    Officer: Reference(shown=("name", "police_number"), usable=Q(left_on__isnull=True)),
    Enterprise: Reference(),
    Contact: Reference(shown=(), usable=Q(left_on__isnull=True)),
    KeyProject: Reference(),
    Campaign: Reference(),
    CommonCause: Reference(shown=("title",)),
    Problem: Reference(shown=("title",)),
    Visit: Reference(shown=("held_on",), usable=Q(withdrawn_at__isnull=True)),
}


def rows_of(model, user, action="view") -> Any:
    """The rows of ``model`` that ``user`` may do ``action`` with.

    Code tables have no scope and are everybody's.
    """
    rows = model._default_manager.get_queryset()
    return rows.visible_to(user, action) if hasattr(rows, "visible_to") else rows
