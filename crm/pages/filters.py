"""One FilterSet a noun, shared by page, export and API.

An invalid or unknown filter is an error, never ignored.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Division, Unit
from crm.search import index
from crm.secrets.encryption import blind_index
from crm.seeds import industries
from crm.text.words import squeeze

#: Begins a blind index that stands for a value of a ``sealed`` filter.
SEAL = "~"

#: Parameters of a list that are no filters: they say how and from where it is shown.
SHOWING = frozenset({"sort", "cursor", "ordering", "limit", "language"})


class NounFilterSet(django_filters.FilterSet):
    """Filters of one noun.

    ``user`` is who asks: choices and looked-up rows are what this person may see.

    ``only`` names the filters to build, where the form is not shown: a request of the API uses few
    of many.
    """

    #: Filters by encrypted columns: saved queries hold the value's blind index
    #: (crm.secrets.encryption) instead.
    sealed = ()

    @classmethod
    def sealed_query(cls, query) -> Any:
        """A copy of a query (a QueryDict) that may be kept: no value of a ``sealed`` filter stands
        in it in clear.
        """
        query = query.copy()
        for name in cls.sealed:
            if query.get(name) and not query[name].startswith(SEAL):
                query[name] = SEAL + index_of(query[name])
        return query

    def __init__(
        self, data=None, queryset=None, *, user, request=None, prefix=None, only=None
    ) -> None:
        self.user = user
        if only is not None:
            self.base_filters = {
                name: kept for name, kept in self.base_filters.items() if name in only
            }
        super().__init__(
            data=data if data is not None else {}, queryset=queryset, request=request, prefix=prefix
        )

    @classmethod
    def extend(cls, **filters) -> None:
        """Give the set filters of an app above (called at start-up), so that a noun keeps one set
        of filters.
        """
        cls.base_filters.update(filters)

    @classmethod
    def parameters(cls) -> frozenset[str]:
        """The names of all filters."""
        return frozenset(cls.base_filters)

    @classmethod
    def by_default(cls, queryset) -> Any:
        """What is shown of ``queryset`` while no filter is set."""
        return queryset

    @property
    def form(self) -> Any:
        """The filters as a form; unknown parameters are errors of the whole form."""
        first = not hasattr(self, "_form")
        form = super().form
        if first:
            unknown = [
                name for name in self.data if name not in self.filters and name not in SHOWING
            ]
            if unknown:
                form.is_valid()
                form.add_error(
                    None,
                    _("There is no filter called %(names)s.")
                    % {"names": ", ".join(sorted(unknown))},
                )
        return form

    def active(self) -> Iterator[Any]:
        """``(name, label, shown value)`` of every filter that is set."""
        if not self.is_valid():
            return
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            # A number may be nought, which says something.
            if value or (value == 0 and value is not False):
                yield name, field.label, _shown(field, value)


def _shown(field, value) -> str:
    """A filter's value as a person reads it."""
    if hasattr(field, "queryset"):
        return (
            "、".join(str(v) for v in value)
            if hasattr(value, "__iter__") and not isinstance(value, str)
            else str(value)
        )
    choices = dict(getattr(field, "choices", ()))
    values = value if isinstance(value, (list, tuple)) else [value]
    return "、".join(str(choices.get(v, _("yes") if v is True else v)) for v in values)


class SearchFilter(django_filters.CharFilter):
    """Free text over what ``crm.search.index`` keeps for a noun: characters, pinyin, initials,
    codes.
    """

    def __init__(self, noun, **kwargs) -> None:
        kwargs.setdefault("label", gettext_lazy("Search"))
        self.noun = noun
        super().__init__(**kwargs)

    def filter(self, queryset, value) -> Any:
        return index.narrowed(queryset, self.noun, value) if value else queryset


class KeptChoices(forms.models.ModelChoiceIterator):
    """Choices from the rows that the field has fetched."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for row in self.field.rows():
            yield self.choice(row)


class UnitChoice(forms.ModelChoiceField):
    """A unit by its code, shown indented below its parent; shown and checked with one statement."""

    iterator = KeptChoices
    _rows = None

    def rows(self) -> list:
        """The units to choose from, fetched once a form."""
        if self._rows is None:
            self._rows = list(self.queryset.all())
        return self._rows

    def to_python(self, value) -> Any:
        if value in self.empty_values:
            return None
        code = value.code if isinstance(value, Unit) else str(value)
        for unit in self.rows():
            if unit.code == code:
                return unit
        raise forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )

    def label_from_instance(self, unit) -> str:
        return f"{'　' * max(unit.level - 1, 0)}{unit.name}"


class UnitFilter(django_filters.ModelChoiceFilter):
    """Rows of one unit and of all below it. ``field_name`` is the row's unit."""

    field_class = UnitChoice

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", gettext_lazy("Unit"))
        super().__init__(to_field_name="code", queryset=Unit.objects.order_by("path"), **kwargs)

    def filter(self, queryset, unit) -> Any:
        if unit is None:
            return queryset
        return queryset.filter(**{f"{self.field_name}__in": Unit.objects.below(unit).values("pk")})


class UnitItselfFilter(django_filters.ModelChoiceFilter):
    """Rows of one unit and of none below it.

    ``field_name`` is the row's unit; no page offers it, figures link to it.
    """

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", gettext_lazy("Unit itself"))
        super().__init__(
            to_field_name="code",
            queryset=Unit.objects.order_by("path"),
            widget=forms.HiddenInput,
            **kwargs,
        )


class DivisionFilter(django_filters.ModelChoiceFilter):
    """Rows in one administrative division or within it.

    The choices are those that units or enterprises lie in.
    """

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("label", gettext_lazy("Division"))
        super().__init__(queryset=Division.objects.order_by("code"), **kwargs)

    def get_queryset(self, request) -> Any:
        return Division.objects.in_use()

    def filter(self, queryset, division) -> Any:
        if division is None:
            return queryset
        name = self.field_name
        return queryset.filter(
            Q(**{name: division})
            | Q(**{f"{name}__in": Division.objects.filter(parent=division).values("pk")})
        )


def index_of(value) -> Any:
    """The blind index of a sealed filter's value, typed or kept."""
    return value.removeprefix(SEAL) if value.startswith(SEAL) else blind_index(squeeze(value))


@lru_cache(maxsize=1)
def sections() -> list[tuple[Any, str]]:
    """The sections A–T of the industrial classification as choices: a national table that no
    installation edits.
    """
    return [
        (row["code"], f"{row['code']} {row['name']}")
        for row in industries()
        if len(row["code"]) == 1
    ]


class RowFilter(django_filters.ModelChoiceFilter):
    """A row of another noun by a public column.

    A foreign row and a missing one are the same error.
    """

    def __init__(self, model, to_field_name="uid", **kwargs) -> None:
        self.noun = model
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(to_field_name=to_field_name, queryset=self._visible, **kwargs)

    def _visible(self, request) -> Any:
        return self.noun.objects.visible_to(self.parent.user)


class YesFilter(django_filters.BooleanFilter):
    """A condition that one either asks for (``=1``) or does not.

    ``few`` says that not many rows ever meet it.
    """

    def __init__(self, condition, *, few=False, **kwargs) -> None:
        self.condition, self.few = condition, few
        super().__init__(widget=forms.CheckboxInput, **kwargs)

    def filter(self, queryset, value) -> Any:
        if not value:
            return queryset
        met = queryset.filter(self.condition_now())
        return met.few() if self.few else met

    def condition_now(self) -> Any:
        """The condition as a Q object at this request."""
        return self.condition() if callable(self.condition) else self.condition


class DayFrom(django_filters.DateFilter):
    """Rows whose day is the given one or later."""

    def __init__(self, field_name, **kwargs) -> None:
        super().__init__(
            field_name, "gte", widget=forms.DateInput(attrs={"type": "date"}), **kwargs
        )


class DayTo(django_filters.DateFilter):
    """Rows whose day is the given one or earlier."""

    def __init__(self, field_name, **kwargs) -> None:
        super().__init__(
            field_name, "lte", widget=forms.DateInput(attrs={"type": "date"}), **kwargs
        )
