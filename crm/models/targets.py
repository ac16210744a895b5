"""Rows that belong to a row of one of several kinds, their target.

For each kind there is a nullable foreign key, and a check constraint says how many of them are set.
A model lists the names of these columns once; its constraints, its scope and its services are made
from that list, so that another kind is another column and another line.
"""

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q

from crm.db.scope import Scope


def none_of(targets: Iterable[str]) -> Q:
    """The condition of a row that has no target."""
    return reduce(and_, (Q(**{f"{name}__isnull": True}) for name in targets))


def one_of(targets: Iterable[str]) -> Q:
    """The condition of a row that has exactly one target."""
    targets = list(targets)
    return reduce(
        or_,
        (
            reduce(and_, (Q(**{f"{name}__isnull": name != one}) for name in targets))
            for one in targets
        ),
    )


def at_most_one(targets: Iterable[str], name: str) -> list[models.CheckConstraint]:
    """The constraint that no row has two targets; none where one column is all there is."""
    targets = list(targets)
    if len(targets) < 2:
        return []
    return [models.CheckConstraint(condition=none_of(targets) | one_of(targets), name=name)]


def within(
    model: type[models.Model], targets: Iterable[str], scope: Scope, action: str = "view"
) -> Q:
    """The condition of a row of ``model`` whose target is in scope."""
    condition = Q()
    for name in targets:
        kind = model._meta.get_field(name).related_model
        seen = kind.objects.filter(kind.scope_q(scope, action)).values("pk")
        condition |= Q(**{f"{name}__in": seen})
    return condition


def column_for(model: type[models.Model], targets: Iterable[str], target: models.Model) -> str:
    """The column of ``model`` that holds a target of this kind."""
    for name in targets:
        if isinstance(target, model._meta.get_field(name).related_model):
            return name
    raise LookupError(f"{model.__name__} has no column for {target!r}")


def target_of(row: models.Model, targets: Iterable[str]) -> models.Model | None:
    """What ``row`` belongs to, if to anything."""
    for name in targets:
        if getattr(row, row._meta.get_field(name).attname) is not None:
            return getattr(row, name)
    return None
