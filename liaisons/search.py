"""What this app's nouns are found by."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, candidates, searchers
from crm.text.words import core_name, squeeze
from liaisons.models import Assignment, Enterprise, KeyProject, Officer


def best_first(*conditions) -> Case:
    """An expression that is smaller for rows that fit better: the place of the first condition that
    a row meets.
    """
    cases = [When(condition, then=Value(place)) for place, condition in enumerate(conditions)]
    return Case(*cases, default=Value(len(cases)), output_field=IntegerField())


def find_enterprises(user, query, limit) -> Iterator[tuple[str, str, str]]:
    """Enterprises by name with or without its legal form, pinyin, initials or a part of the credit
    code.

    The exact code or name first, then one's own, then by where the name holds the words; pinyin
    last.
    """
    found = candidates("enterprise", core_name(query))
    rows = Enterprise.objects.visible_to(user).filter(pk__in=found).select_related("unit")
    for row in rows.order_by(*_fit(user, query), "name", "pk")[:limit]:
        unit = row.unit.short_name if row.unit else ""
        yield (
            row.name,
            " · ".join(filter(None, [row.credit_code, unit])),
            reverse("enterprise_detail", args=[row.uid]),
        )


def _fit(user, query: str) -> tuple[Case, Case]:
    """How well an enterprise fits: the order of what is found."""
    code, name = squeeze(query).upper(), core_name(query)
    served = Assignment.objects.current().filter(officer=user.pk, enterprise__isnull=False)
    mine = Q(pk__in=served.values("enterprise"))
    return (
        best_first(Q(credit_code=code), Q(core_name=name), mine),
        best_first(
            Q(core_name__startswith=name),
            Q(core_name__contains=name),
            Q(credit_code__contains=code),
        ),
    )


def find_officers(user, query, limit) -> Iterator[tuple[str, str, str]]:
    """Officers by name, pinyin, initials or police number, those of one's own unit first among
    equals.
    """
    text, found = squeeze(query), candidates("officer", query)
    exact = (Q(police_number__iexact=text), Q(name=text))
    fit = best_first(*exact, Q(name__startswith=text), Q(name__contains=text))
    own = best_first(Q(unit=user.unit_id))
    rows = Officer.objects.visible_to(user).filter(pk__in=found, left_on__isnull=True)
    for row in rows.select_related("unit").order_by(fit, own, "police_number")[:limit]:
        yield (
            row.name,
            f"{row.police_number} · {row.unit.name}",
            reverse("officer_detail", args=[row.uid]),
        )


def find_projects(user, query, limit) -> Iterator[tuple[Any, str, str]]:
    """Key projects by name, pinyin, initials or number."""
    text = query.strip()
    rows = KeyProject.objects.visible_to(user).filter(pk__in=candidates("project", query))
    fit = best_first(Q(code__iexact=text), Q(name__startswith=text), Q(name__contains=text))
    for row in rows.order_by(fit, "name", "pk")[:limit]:
        yield (
            row.name,
            f"{row.code} · {row.get_stage_display()}",
            reverse("project_detail", args=[row.uid]),
        )


searchers.add(
    Searcher(_("Enterprises"), "buildings", find_enterprises, order=10),
    Searcher(_("Officers"), "user", find_officers, order=20),
    Searcher(_("Key projects"), "crane", find_projects, order=30),
)
