"""Serializers that are the one definition of a noun: of its schema, of what a write takes, and of
what a read selects.

A read makes no model instances and runs no field by field serializer: the columns are derived from
the declared fields once, selected with ``.values()``, and put together by a plan.
"""

import datetime
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from api.core.fields import Condition, Moment, Ref, RefSet, Uid
from crm.db.kept import KeptQuery, kept_plans

#: What a serializer is made for: rows of a list, one row in full, the body of a create, the body of
#: a change.
ROW, DETAIL, CREATE, CHANGE = "Row", "", "Create", "Change"


class RowPlan:
    """How the rows of one serializer are read."""

    def __init__(self, model, fields) -> None:
        self.model = model
        self.sets = [(name, field) for name, field in fields.items() if isinstance(field, RefSet)]
        self.conditions = {
            name: field for name, field in fields.items() if isinstance(field, Condition)
        }
        self.readers, columns = [], []
        for name, field in fields.items():
            if name in self.conditions:
                self.readers.append((name, itemgetter(name)))
                continue
            columns += _columns(field)
            self.readers.append((name, _reader(field)))
        self.columns = tuple(dict.fromkeys(columns))

    def select(
        self, queryset: QuerySet, *more: str, at: datetime.datetime | None = None
    ) -> QuerySet:
        """``queryset`` as dictionaries of the plan's columns, and ``more`` columns.

        Its conditions hold at a moment (now).
        """
        wanted = tuple(dict.fromkeys((*self.columns, *more)))
        computed = {
            name: ExpressionWrapper(field.condition(at), BooleanField())
            for name, field in self.conditions.items()
        }
        return queryset.values(*wanted, **computed)

    def by(self, name: str) -> Callable[[Any], list[dict]]:
        """A function that reads the one row (a list) whose ``name``, a unique column, is given.

        Whose it is must be asked beside it.
        """
        kept = self.kept_by(name)
        if self.conditions:
            return lambda key: kept(key, timezone.now())
        return kept

    @cache  # noqa: B019 (a plan lives as long as the process)
    def kept_by(self, name: str) -> KeptQuery:
        """The statement of ``by``: of a key and, where there are conditions, of the moment."""

        def row_by(key: Any, at: datetime.datetime | None = None) -> QuerySet:
            return self.select(self.model._default_manager.filter(**{name: key}), at=at)

        moments = [field.of for field in self.conditions.values()][:1]
        return KeptQuery(
            [self.model._meta.get_field(column) for column in (name, *moments)],
            row_by,
            about=f"{self.model._meta.label}, {name}, {len(self.readers)} columns",
        )

    def rows_by_key(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """The selected rows with these primary keys, in their order."""
        rows = self.model._default_manager.filter(pk__in=keys)
        with kept_plans():
            found = {row["pk"]: row for row in self.select(rows, "pk")}
        return [found[key] for key in keys if key in found]

    def read(self, rows) -> list[dict]:
        """What the API answers for the selected ``rows``.

        A set costs one statement, however many rows there are.
        """
        readers = self.readers
        answers = [{name: read(row) for name, read in readers} for row in rows]
        for name, field in self.sets:
            loaded = field.load([row["pk"] for row in rows])
            for answer, row in zip(answers, rows, strict=True):
                answer[name] = loaded[row["pk"]]
        return answers


def _columns(field) -> Any:
    return (
        field.row_columns() if hasattr(field, "row_columns") else (field.source.replace(".", "__"),)
    )


def _reader(field) -> Any:
    return field.row_reader() if hasattr(field, "row_reader") else itemgetter(_columns(field)[0])


class KnownKeys:
    """A serializer that refuses keys it does not know."""

    def to_internal_value(self, data) -> Any:
        errors = {}
        if isinstance(data, dict):
            errors = {name: [self.refusal_of(name)] for name in data if name not in self.fields}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def refusal_of(self, name) -> str:
        """Why a key that is not taken is not taken."""
        return _("There is no field called %(name)s.") % {"name": name}


class BodySerializer(KnownKeys, serializers.Serializer):
    """The body of a request that is not a row of a noun: known keys only."""


class StrictSerializer(KnownKeys, serializers.ModelSerializer):
    """Takes known keys only, relations as references in scope, and leaves uniqueness to the
    service, which asks it anyway.
    """

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        DateTimeField: Moment
    }

    def build_standard_field(self, field_name, model_field) -> tuple:
        kind, options = super().build_standard_field(field_name, model_field)
        kept = [
            validator
            for validator in options.get("validators", ())
            if not isinstance(validator, UniqueValidator)
        ]
        return kind, options | {"validators": kept} if "validators" in options else options

    def build_relational_field(
        self, field_name, relation_info
    ) -> tuple[type[RefSet] | type[Ref], dict[str, Any]]:
        relation = relation_info.model_field
        options = {
            "label": capfirst(relation.verbose_name),
            "required": not (relation.blank or relation.has_default()),
        }
        if relation.null and not relation_info.to_many:
            options["allow_null"] = True
        return RefSet if relation_info.to_many else Ref, options | {
            "model": relation_info.related_model
        }

    def get_validators(self) -> list:
        return []


class RowSerializer(StrictSerializer):
    """A noun as the API shows and takes it.

    ``Meta`` names, beside DRF's ``model``, ``fields``, ``read_only_fields``:

    ``detail``: fields that only the row in full shows; ``create_only``: fields that a change does
    not take.
    """

    kind = DETAIL

    class Meta:
        detail = ()
        create_only = ()
        read_only_fields = ()

    @classmethod
    @cache
    def variant(cls, kind: str) -> type["RowSerializer"]:
        """The serializer class for one purpose (ROW, DETAIL, CREATE, CHANGE)."""
        if kind == cls.kind or (kind == ROW and not cls.Meta.detail):
            return cls
        name = f"{cls.__name__.removesuffix('Serializer')}{kind}Serializer"
        return type(
            name, (cls,), {"kind": kind, "__doc__": cls.__doc__, "__module__": cls.__module__}
        )

    @classmethod
    @cache
    def plan(cls) -> RowPlan:
        """How this class's rows are read; made once."""
        return RowPlan(cls.Meta.model, cls().fields)

    def get_fields(self) -> dict:
        fields = super().get_fields()
        if self.kind in (ROW, DETAIL):
            hidden = self.Meta.detail if self.kind == ROW else ()
            return {
                name: field
                for name, field in fields.items()
                if not field.write_only and name not in hidden
            }
        fields = {name: field for name, field in fields.items() if not field.read_only}
        return self._of_change(fields) if self.kind == CHANGE else fields

    def _of_change(self, fields: dict) -> dict:
        """Of the fields that are written those that a change may name, none of them required."""
        only_created = ("uid", *self.Meta.create_only)
        changed = {name: field for name, field in fields.items() if name not in only_created}
        for field in changed.values():
            field.required = False
        return changed

    def refusal_of(self, name) -> str:
        if name in super().get_fields():
            return _("%(name)s cannot be written here.") % {"name": name}
        return super().refusal_of(name)


class NounSerializer(RowSerializer):
    """A noun that is created under a client's identifier and changed from a version that was read."""

    uid = Uid(
        help_text="Chosen by the client that creates the row; the same one again is the same create."
    )
    version = serializers.IntegerField(read_only=True, help_text="Counts the changes of the row.")

    def get_field_names(self, declared_fields, info):
        return (
            "uid",
            "version",
            *super().get_field_names(declared_fields, info),
            "created_at",
            "updated_at",
        )

    def get_fields(self) -> dict:
        fields = super().get_fields()
        if self.kind == CHANGE:
            fields["version"] = serializers.IntegerField(
                required=False,
                min_value=1,
                help_text="The version that was read, where the header If-Match does not name it.",
            )
        return fields
