"""The one way into rows: ``Noun.objects.visible_to(user)``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connections, models
from django.db.models import Lookup
from django.db.models.lookups import In
from django.db.models.sql.where import AND, OR, WhereNode

from crm.db.given import Given
from crm.db.scope import reach

#: An alternative that names so many values is looked for in each of them by itself.
MOST_VALUES = 80


class ScopeNode(WhereNode):
    """The condition of a person's scope as it stands in a query."""

    holds_scope = True


class PartedScope(ScopeNode):
    """A scope of several alternatives ("mine", "my unit's", …) joined by OR.

    In a query it stays in its place, whole or narrowed to one of its own alternatives: there is no
    way to take it out.
    """

    def narrowed(self, vendor: str) -> Iterator[tuple[ScopeNode, tuple]]:
        """Each alternative as a node to stand in this one's place, with the values it is to be asked
        with where it holds a Given (else none). The values of a set are asked one by one: each is
        one range of an index.
        """
        children: list[Any] = self.children
        for child in children:
            values = _values_of(child)
            if 1 < len(values) <= MOST_VALUES:
                exact = child.lhs.get_lookup("exact")
                child = exact(child.lhs, Given(child.lhs.output_field, 0))
            else:
                values = ()
                if vendor == "postgresql" and isinstance(child, In) and _is_query(child):
                    child = InArray(child.lhs, child.rhs)
            yield ScopeNode.create([child]), values


class InArray(In):
    """``IN`` of a subquery as an array: PostgreSQL cannot guess how few keys a subquery gives, and
    walks the whole table.
    """

    def get_rhs_op(self, connection: object, rhs: str) -> str:
        return f"= ANY(ARRAY{rhs})"


def _is_query(lookup: Lookup) -> bool:
    return not lookup.rhs_is_direct_value()


def _values_of(condition: Lookup | WhereNode) -> tuple:
    """The values of a set that ``condition`` asks a column to be in; none for any other condition."""
    if not isinstance(condition, In) or _is_query(condition):
        return ()
    return tuple(sorted(set(condition.rhs)))


@dataclass(frozen=True)
class Alternative:
    """Rows of one alternative of a scope; ``values`` take the place of its Given, one by one."""

    rows: "ScopedQuerySet"
    values: tuple = ()


def _add(where: WhereNode, node: WhereNode) -> None:
    """Let ``where`` ask for ``node`` too, as one child of its own."""
    if where.connector == AND and not where.negated:
        where.children.append(node)  # ``add`` would pour a node of one condition into its own
    else:
        where.add(node, AND)


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows who asks."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser, action: str = "view") -> Self:
        """The rows that ``user`` may do ``action`` with.

        None for strangers and for roles that may not at all.
        """
        condition = reach(user, action, self.model)
        if condition is None:
            return self.none()
        if not condition:
            return self
        scoped = self.filter()
        asked = scoped.query.build_where(condition)  # own columns and pk__in only: no joins
        parted = asked.connector == OR and not asked.negated and len(asked) > 1
        kind = PartedScope if parted else ScopeNode
        _add(scoped.query.where, kind.create(asked.children, asked.connector, asked.negated))
        return scoped

    def alternatives(self) -> list[Alternative]:
        """These rows by the alternatives of their scope, for lists that look in each by itself;
        none where the scope has none. Together they are these rows; one row may be in several.

        Each is this very query with the scope narrowed in its place. The whole scope asked beside
        its alternative would make PostgreSQL expect a fiftieth of the rows and sort what it could
        have read in order.
        """
        where = self.query.where
        place = next(
            (at for at, child in enumerate(where.children) if isinstance(child, PartedScope)), None
        )
        if place is None or where.connector != AND or where.negated:
            return []
        found = []
        parted: Any = where.children[place]
        for node, values in parted.narrowed(connections[self.db].vendor):
            rows = self.all()
            rows.query.where.children[place] = node
            found.append(Alternative(rows, values))
        return found

    def few(self) -> Self:
        """These rows, which are few whoever asks and have indexes of their own: lists need not look
        alternative by alternative.
        """
        rows = self.all()
        for child in rows.query.where.children:
            if isinstance(child, PartedScope):
                child.__class__ = ScopeNode  # type: ignore[assignment]  # a plain one from here on
        return rows


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    use_in_migrations = False
