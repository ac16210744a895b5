"""The pages of units."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Unit
from crm.pages.filters import NounFilterSet, UnitFilter
from crm.pages.generic import Action, Column, NounDetailView, NounListView


class UnitFilterSet(NounFilterSet):
    """``unit`` is the unit whose subtree is listed."""

    q = django_filters.CharFilter(method="by_name", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=Unit.Kind.choices, label=gettext_lazy("Kind"))
    unit = UnitFilter(field_name="pk", label=gettext_lazy("Within"))

    class Meta:
        model = Unit
        fields = []

    def by_name(self, queryset, name, value) -> Any:
        return queryset.filter(
            Q(name__icontains=value) | Q(short_name__icontains=value) | Q(code__startswith=value)
        )


class UnitListView(NounListView):
    """The tree of units."""

    model = Unit
    filterset_class = UnitFilterSet
    name = "unit_list"
    default_sort = "tree"
    related = ("parent", "division")
    orderings = {"tree": ("path",)}
    columns = (
        Column(
            "name",
            gettext_lazy("Name"),
            lambda u: f"{'　' * u.level}{u.name}",
            ("name",),
            export=lambda u: u.name,
            main=True,
        ),
        Column("code", gettext_lazy("Code"), lambda u: u.code, ("code",)),
        Column("kind", gettext_lazy("Kind"), lambda u: u.get_kind_display()),
        Column("parent", gettext_lazy("Parent unit"), lambda u: u.parent.name if u.parent else ""),
        Column(
            "division", gettext_lazy("Division"), lambda u: u.division.name if u.division else ""
        ),
    )

    def row_url(self, row: Unit) -> str:
        return reverse("unit_detail", args=[row.code])


class UnitDetailView(NounDetailView):
    """One unit and those below it."""

    model = Unit
    slug_field = slug_url_kwarg = "code"
    related = ("parent", "division")

    def subtitle(self, row: Unit) -> str:
        return row.code

    def badges(self, row: Unit) -> list[dict]:
        return [{"text": row.get_kind_display(), "color": "blue"}]

    def facts(self, row: Unit) -> list[tuple[str, object]]:
        below = Unit.objects.filter(parent=row).order_by("path")
        return [
            (_("Short name"), row.short_name),
            (_("Parent unit"), row.parent),
            (_("Division"), row.division),
            (_("Units below"), "、".join(unit.short_name for unit in below)),
        ]

    def actions(self, row: Unit) -> Iterator[Action]:
        yield Action(_("Units below"), f"{reverse('unit_list')}?unit={row.code}", icon="sitemap")
