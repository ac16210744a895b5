"""Who may do what, and with which rows: one object answers both, for pages, API, exports and tasks
alike.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Model, Q

from crm.db.kept import kept_plans
from crm.roles import Role


@dataclass(frozen=True)
class Scope:
    """What one person reaches: their own records, the units they read and the units they manage.

    The values are sets and are matched with ``__in``, so that an empty set matches nothing.
    """

    role: str
    own: frozenset = field(default_factory=frozenset)
    unit: Model | None = None
    #: (action, model, primary key) of the rows that this request has already read in the scope
    looked_up: set = field(default_factory=set, compare=False, repr=False)

    @classmethod
    def of(cls, user):
        """The scope of ``user`` at this request (kept on the user object, which lives as long as a
        request does).
        """
        if not hasattr(user, "_scope"):
            user._scope = cls(role=user.role, own=frozenset({user.pk}), unit=user.unit)
        return user._scope

    def note(self, action: str, row: Model) -> None:
        """Remember that ``row`` was just read among the rows that ``action`` may be done with."""
        self.looked_up.add((action, type(row), row.pk))

    def noted(self, action: str, row: Model) -> bool:
        """Whether this request has read ``row`` in the scope, and need not ask of it again."""
        return (action, type(row), row.pk) in self.looked_up

    @property
    def whole(self):
        """Whether nothing is out of reach: a city manager in the root unit."""
        return self.role == Role.CITY_MANAGER and self.unit is not None and self.unit.level == 0

    @property
    def manages(self):
        """Whether the person answers for a unit and not only for their own work."""
        return self.role in Role.MANAGERS

    @cached_property
    def units(self):
        """Primary keys of the units whose rows may be read: the person's unit and all below it.

        An officer of a bureau itself reads only their own rows: a bureau's subtree is a manager's
        view.
        """
        if self.unit is None or self.role not in Role.BUSINESS:
            return frozenset()
        if not self.manages and self.unit.is_bureau:
            return frozenset()
        return frozenset(self.unit.keys_below())

    @property
    def managed_units(self):
        """Primary keys of the units whose rows may be changed by virtue of managing them."""
        return self.units if self.manages else frozenset()


def role_may(user, action, model):
    """Whether ``user``'s role may do ``action`` with some row of ``model``."""
    return bool(
        user.is_authenticated and user.is_active and user.role in model.roles_for.get(action, ())
    )


def may(user, action, target):
    """Whether ``user`` may do ``action`` with ``target``: a model class (some row) or one row (this
    row, asked now).
    """
    if isinstance(target, type):
        return role_may(user, action, target)
    with kept_plans():
        return type(target).objects.visible_to(user, action).filter(pk=target.pk).exists()


def may_still(user, action, row):
    """``may`` of a row just written: the first alternative of the scope ("mine") mostly holds and
    is asked alone first.
    """
    model, scope = type(row), Scope.of(user)
    condition = model.scope_q(scope, action)
    if (
        not scope.whole
        and role_may(user, action, model)
        and condition.connector == Q.OR
        and condition.children
    ):
        with kept_plans():
            if model._default_manager.filter(condition.children[0], pk=row.pk).exists():
                return True
    return may(user, action, row)


def may_as_read(user, action, row):
    """``may`` of a row that was read this moment: what the scope asks of its own columns it tells
    without a statement.
    """
    model, scope = type(row), Scope.of(user)
    condition = model.scope_q(scope, action)
    if role_may(user, action, model) and condition.connector == Q.OR and not condition.negated:
        columns = {f"{field.name}__in": field.attname for field in model._meta.concrete_fields}
        asked = (
            child
            for child in condition.children
            if isinstance(child, tuple) and isinstance(child[1], frozenset)
        )
        if any(name in columns and getattr(row, columns[name]) in values for name, values in asked):
            return True
    return may(user, action, row)
