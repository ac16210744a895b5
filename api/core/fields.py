"""Fields that stand for more than one column.

Each says, beside what DRF asks, how it is read from a row.

``row_columns()`` names the columns that the field needs, as ``.values()`` takes them;
``row_reader()`` gives a function from such a row (a dictionary) to the field's value.
"""

import datetime
from collections.abc import Callable
from functools import cached_property, partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.core.references import Reference, reference_of, rows_of
from crm.db.kept import KeptQuery, kept_plans
from crm.db.scope import Scope
from crm.errors import Missing
from crm.text.words import uuid_or_none


class Ref(serializers.Field):
    """A row of another noun. A foreign key and a missing one get the same answer."""

    default_error_messages = {
        "missing": Missing.sentence,
        "type": _("Name it by its {column} alone, as a text."),
    }

    def __init__(self, model, action="view", **kwargs) -> None:
        self.model, self.action = model, action
        super().__init__(**kwargs)

    @property
    def reference(self) -> Reference:
        """Asked for when it is needed: fields are made before all nouns have said theirs."""
        return reference_of(self.model)

    def row_columns(self) -> tuple[str, ...]:
        path = self.source.replace(".", "__")
        return tuple(f"{path}__{column}" for column in self.reference.columns)

    def row_reader(self) -> Callable[..., Any]:
        pairs = tuple(zip(self.reference.columns, self.row_columns(), strict=True))
        key = pairs[0][1]
        return lambda row: (
            None if row[key] is None else {name: row[column] for name, column in pairs}
        )

    def to_internal_value(self, data: Any) -> Model:
        with kept_plans():
            found = list(self.rows([data])[:1])
        if not found:
            self.fail("missing")
        Scope.of(self.context["user"]).note(self.action, found[0])
        return found[0]

    def rows(self, keys) -> Any:
        """The rows with these public keys that the writer may name, those that the changed row
        names already included.
        """
        if not all(isinstance(key, str) for key in keys):
            self.fail("type", column=self.reference.key)
        if self.reference.key == "uid":
            keys = [parsed for parsed in map(uuid_or_none, keys) if parsed]
        usable = self.reference.usable
        if usable and (named := self.named_already()):
            usable = usable | Q(pk__in=named)
        rows = rows_of(self.model, self.context["user"], self.action)
        return rows.filter(usable, **{f"{self.reference.key}__in": keys})

    def named_already(self) -> list:
        """The keys that the row being changed holds here, which may stay even where they are out of
        use by now.
        """
        instance = getattr(self.parent, "instance", None)
        key = getattr(instance, f"{self.source}_id", None)
        return [key] if key else []


class RefSet(Ref):
    """Several rows of another noun, each named once: a many-to-many relation, read with one
    statement a page.
    """

    MOST = 50
    default_error_messages = {
        "list": _("Give a list of keys."),
        "most": _("At most {most} are taken."),
    }

    def row_columns(self) -> tuple[str]:
        return ("pk",)

    def row_reader(self) -> itemgetter:
        return itemgetter("pk")  # keeps the field's place until its rows are loaded

    def load(self, keys) -> dict[Any, list]:
        """``pk → [{"code": …, "name": …}, …]`` for the rows with these primary keys, in one
        statement.
        """
        found, names = {key: [] for key in keys}, self.reference.columns
        for key, *values in self.links_of_one(keys[0]) if len(keys) == 1 else self.links(keys):
            found[key].append(dict(zip(names, values, strict=True)))
        return found

    def links(self, keys: Any, lookup: str = "in") -> QuerySet:
        """``(pk, *columns of the reference)`` of what the rows with these keys (or this key,
        ``exact``) point at.
        """
        relation = self.parent.Meta.model._meta.get_field(self.source)
        near, far = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        rows = relation.remote_field.through._default_manager.filter(**{f"{near}__{lookup}": keys})
        return rows.order_by(near, far).values_list(
            f"{near}_id", *(f"{far}__{name}" for name in self.reference.columns)
        )

    @cached_property
    def links_of_one(self) -> KeptQuery:
        model = self.parent.Meta.model
        return KeptQuery(
            [model._meta.pk],
            partial(self.links, lookup="exact"),
            about=f"{model._meta.label}.{self.source}",
        )

    def to_internal_value(self, data) -> list:
        if not isinstance(data, list):
            self.fail("list")
        if len(data) > self.MOST:
            self.fail("most", most=self.MOST)
        if not data:
            return []
        found = self.at_hand(data) or list(self.rows(data))
        if len(found) != len({key.lower() for key in data}):
            self.fail("missing")
        return found

    def at_hand(self, keys) -> list:
        """The rows with these public keys where all are known without asking the database, else an
        empty list.
        """
        known = self.reference.keys_of(self.model) if self.reference.keys_of else {}
        if not all(isinstance(key, str) and key in known for key in keys):
            return []
        columns = [self.model._meta.pk.attname, self.reference.key]
        return [
            self.model.from_db(DEFAULT_DB_ALIAS, columns, [known[key], key])
            for key in dict.fromkeys(keys)
        ]

    def named_already(self) -> list:
        instance = getattr(self.parent, "instance", None)
        return list(getattr(instance, self.source).values_list("pk", flat=True)) if instance else []


class Masked(serializers.CharField):
    """Personal data: read masked by ``mask``, written whole."""

    default_error_messages = {"masked": _("Send the whole value; a masked one cannot be kept.")}

    def __init__(self, mask, **kwargs) -> None:
        self.mask = mask
        super().__init__(**kwargs)

    def row_columns(self) -> tuple:
        return (self.source,)

    def row_reader(self) -> Callable[..., Any]:
        read, mask = itemgetter(self.source), self.mask
        return lambda row: mask(read(row))

    def to_internal_value(self, data) -> str:
        value = super().to_internal_value(data)
        if "*" in value:
            self.fail("masked")
        return value


class Uid(serializers.UUIDField):
    """An identifier, written as a text: a number is none, though one can be made of it."""

    def to_internal_value(self, data) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """A moment, written with its zone: without one it would be eight hours off for half of those
    who send it.
    """

    default_error_messages = {
        "zone": _("Write the moment with its zone, such as 2026-03-01T09:30:00+08:00.")
    }

    def enforce_timezone(self, value) -> Any:
        if timezone.is_naive(value):
            self.fail("zone")
        return super().enforce_timezone(value)


class Condition(serializers.BooleanField):
    """Whether a condition (a function that gives a Q for a moment, None: now) holds of the row:
    asked of the database, so that it is defined once.

    ``of`` names the column that is compared with the moment.
    """

    def __init__(
        self,
        condition: Callable[[datetime.datetime | None], Q],
        *,
        of: str,
        **kwargs: Any,
    ) -> None:
        self.condition, self.of = condition, of
        super().__init__(read_only=True, **kwargs)
