"""The one way into rows: ``Noun.objects.visible_to(user)``."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from crm.db.kept import Given
from crm.db.scope import Scope, role_may


@dataclass(frozen=True)
class Arm:
    """One alternative of a scope: a condition, to be asked with each of ``values`` where it holds a
    Given.
    """

    condition: Q
    values: tuple = ()


class ScopedQuerySet(models.QuerySet):
    """A queryset that knows who asks.

    ``scope_arms`` keeps the alternatives of the scope ("mine", "my unit's", …), for lists that look
    in each by itself.
    """

    scope_arms = ()
    _scope_node = None  # the scope's condition as it stands in the query

    def _clone(self):
        clone = super()._clone()
        clone.scope_arms, clone._scope_node = self.scope_arms, self._scope_node
        return clone

    def within(self, condition):
        """The rows of this queryset that meet the condition of one of its ``scope_arms``.

        The whole scope's condition goes without saying there and is left out: asked twice, it makes
        PostgreSQL expect a fiftieth of the rows and sort what it could have read in order.
        """
        rows = self._chain()
        where = rows.query.where
        where.children = [child for child in where.children if child != self._scope_node]
        return rows.filter(condition)

    def few(self):
        """These rows, which are few whoever asks and have indexes of their own: lists need not look
        arm by arm.
        """
        rows = self._chain()
        rows.scope_arms = ()
        return rows

    def visible_to(self, user, action="view"):
        """The rows that ``user`` may do ``action`` with.

        None for strangers and for roles that may not at all.
        """
        if not role_may(user, action, self.model):
            return self.none()
        scope = Scope.of(user)
        # What is one person's alone (orders, tokens, drafts) is not in reach of those who see the
        # whole city's rows.
        whole = scope.whole and not getattr(self.model, "personal", False)
        if whole:
            return self
        condition = self.model.scope_q(scope, action)
        scoped = self.filter(condition)
        if condition.connector == Q.OR and not condition.negated and len(condition.children) > 1:
            scoped.scope_arms = tuple(_arm_of(self.model, child) for child in condition.children)
            scoped._scope_node = scoped.query.where.children[-1]
        return scoped


#: An alternative that names so many values is looked for in each of them by itself.
MOST_VALUES = 80


def _arm_of(model, child):
    """One alternative of a scope, parted by the values of its set: each value is one range of an
    index.
    """
    name, values = child if isinstance(child, tuple) else ("", None)
    if name.endswith("__in") and isinstance(values, frozenset) and 1 < len(values) <= MOST_VALUES:
        field = model._meta.get_field(name.removesuffix("__in"))
        return Arm(Q(**{field.name: Given(field, 0)}), tuple(sorted(values)))
    return Arm(Q(child))


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    use_in_migrations = False
