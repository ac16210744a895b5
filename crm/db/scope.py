"""Who may do what, and with which rows: one object answers both, for pages, API, exports and tasks
alike.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from django.db.models import Model, Q

from crm.db.kept import kept_plans
from crm.roles import Role

#: An account (crm.models.User) or nobody, a row, and a model: models know this module, it does not
#: know them.
Person: TypeAlias = Any
Row: TypeAlias = Any
ScopedModel: TypeAlias = Any


@dataclass(frozen=True)
class Scope:
    """What one person reaches: their own records, the units they read and the units they manage.

    The values are sets and are matched with ``__in``, so that an empty set matches nothing.
    """

    role: str
    own: frozenset = field(default_factory=frozenset)
    unit: Row = None
    #: (action, model, primary key) of the rows that this request has already read in the scope
    looked_up: set = field(default_factory=set, compare=False, repr=False)

    @classmethod
    def of(cls, user: Person) -> "Scope":
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
    def whole(self) -> bool:
        """Whether nothing is out of reach: a city manager in the root unit."""
        return self.role == Role.CITY_MANAGER and self.unit is not None and self.unit.level == 0

    @property
    def manages(self) -> bool:
        """Whether the person answers for a unit and not only for their own work."""
        return self.role in Role.MANAGERS

    @cached_property
    def units(self) -> frozenset:
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
    def managed_units(self) -> frozenset:
        """Primary keys of the units whose rows may be changed by virtue of managing them."""
        return self.units if self.manages else frozenset()


def role_may(user: Person, action: str, model: ScopedModel) -> bool:
    """Whether ``user``'s role may do ``action`` with some row of ``model``."""
    return bool(
        user.is_authenticated and user.is_active and user.role in model.roles_for.get(action, ())
    )


def reach(user: Person, action: str, model: ScopedModel) -> Q | None:
    """The condition of the rows of ``model`` that ``user`` may do ``action`` with.

    None for strangers and for roles that may not at all; an empty one where nothing is out of reach.
    """
    if not role_may(user, action, model):
        return None
    scope = Scope.of(user)
    # What is one person's alone (orders, tokens, drafts) is not in reach of those who see the whole
    # city's rows.
    if scope.whole and not getattr(model, "personal", False):
        return Q()
    return model.scope_q(scope, action)


def may(user: Person, action: str, target: Row) -> bool:
    """Whether ``user`` may do ``action`` with ``target``: a model class (some row) or one row.

    The answer is that of ``visible_to(user, action)``. A row as it was read tells by its own columns
    what it can, without a statement. Of any other (just written, changed in memory) the database is
    asked: first for the one alternative that its columns promise ("mine" mostly), which is read
    from an index.
    """
    if isinstance(target, type):
        return role_may(user, action, target)
    model = type(target)
    condition = reach(user, action, model)
    if condition is None or target.pk is None:
        return False
    told = told_by(target, condition)
    if told is not None and is_as_read(target):
        return told
    rows = model.objects.filter(pk=target.pk)
    with kept_plans():
        promised = _promised(target, condition) if told else condition
        if promised is not condition and rows.filter(promised).exists():
            return True
        return rows.filter(condition).exists()


def is_as_read(row: Model) -> bool:
    """Whether the columns of ``row`` are what the database gave for it: nothing was changed in
    memory, and nothing was written with it, since.
    """
    read = getattr(row._state, "read", None)
    return read is not None and all(
        name in row.__dict__ and row.__dict__[name] == value
        for name, value in zip(*read, strict=True)
    )


def told_by(row: Model, condition: Q) -> bool | None:
    """Whether ``row`` meets ``condition`` by its own columns; None where these do not tell.

    Only what a scope asks of columns is looked at: whether a value is in a set, and whether there is
    one.
    """
    if condition.negated or condition.connector == Q.XOR:
        return None
    answers = [
        told_by(row, child) if isinstance(child, Q) else _column_tells(row, child)
        for child in condition.children
    ]
    decisive = condition.connector == Q.OR  # one True tells of an OR, one False of an AND
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _column_tells(row: Model, child: object) -> bool | None:
    name, value = child if isinstance(child, tuple) else ("", None)
    name, _separator, lookup = name.rpartition("__")
    attname = next((f.attname for f in row._meta.concrete_fields if f.name == name), None)
    if attname is None or attname not in row.__dict__:
        return None
    if lookup == "in" and isinstance(value, frozenset):
        return row.__dict__[attname] in value
    if lookup == "isnull":
        return (row.__dict__[attname] is None) == value
    return None


def _promised(row: Model, condition: Q) -> Q:
    """The first alternative of ``condition`` that ``row`` meets by its own columns, else the whole."""
    if condition.connector == Q.OR:
        for child in condition.children:
            alone = child if isinstance(child, Q) else Q(child)
            if told_by(row, alone):
                return alone
    return condition
