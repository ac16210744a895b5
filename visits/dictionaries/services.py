"""A problem category is called otherwise: what was used keeps its name, and a new entry takes its
place.
"""

import re
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from crm.errors import Conflict
from crm.models import User
from crm.writing.audit import audit
from visits.models import HandlingLimit, Problem, ProblemCategory

#: What an entry is: changed once it was used, it is another entry.
IDENTITY = frozenset({"name", "parent"})
_VERSION = re.compile(r"\.v(\d+)$")


def is_used(category: ProblemCategory) -> bool:
    """Whether a problem was reported under the category or under one below it."""
    below = category.children.values("pk")
    return (
        Problem.objects.filter(category=category).exists()
        or Problem.objects.filter(category__in=below).exists()
    )


@transaction.atomic
def category_replace(
    *, category: ProblemCategory, by: User | None, **changes: Any
) -> ProblemCategory:
    """Let a new entry with ``changes`` (name, parent, …) take the category's place from today on;
    returns it.

    What lies below moves along, each as a new entry too; limits are carried over. Problems keep the
    old entries, which are no longer offered. Conflict for an entry that has been replaced already.
    """
    taken = ProblemCategory.objects.filter(pk=category.pk, replaced_by__isnull=True).update(
        retired=True
    )
    if not taken:
        raise Conflict()
    new = ProblemCategory(code=_next_code(category.code), valid_from=timezone.localdate())
    for name in ("name", "parent", "is_police_matter", "position"):
        setattr(new, name, changes.get(name, getattr(category, name)))
    new.save()
    ProblemCategory.objects.filter(pk=category.pk).update(replaced_by=new)
    HandlingLimit.objects.bulk_create(
        HandlingLimit(
            category=new, urgency=limit.urgency, amount=limit.amount, measure=limit.measure
        )
        for limit in HandlingLimit.objects.filter(category=category)
    )
    transaction.on_commit(lambda: cache.delete_many(["words:categories", "words:limits"]))
    audit(
        "problemcategory.replace",
        by=by,
        target=category,
        old=category.name,
        new=new.name,
        code=new.code,
    )
    for child in ProblemCategory.objects.filter(parent=category, retired=False):
        category_replace(category=child, by=by, parent=new)
    return new


def _next_code(code: str) -> str:
    """The code of the next version: traffic → traffic.v2 → traffic.v3."""
    stem, version = _VERSION.sub("", code), int(match[1]) if (match := _VERSION.search(code)) else 1
    while True:
        version += 1
        ending = f".v{version}"
        new = stem[: 30 - len(ending)] + ending
        if not ProblemCategory.objects.filter(code=new).exists():
            return new
