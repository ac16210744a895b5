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


def find_enterprises(user, query, limit) -> Iterator[Any]:
    """Enterprises by name with or without its legal form, pinyin, initials or a part of the credit
    code.

    The exact code or name first, then one's own, then by where the name holds the words; pinyin
    last.
    """
    text, name = squeeze(query), core_name(query)
    mine = Q(
        pk__in=Assignment.objects.current()
        .filter(officer=user.pk, enterprise__isnull=False)
        .values("enterprise")
    )
    fit = (
        best_first(Q(credit_code=text.upper()), Q(core_name=name), mine),
        best_first(
            Q(core_name__startswith=name),
            Q(core_name__contains=name),
            Q(credit_code__contains=text.upper()),
        ),
    )
    rows = (
        Enterprise.objects.visible_to(user)
        .filter(pk__in=candidates("enterprise", name))
        .select_related("unit")
    )
    for row in rows.order_by(*fit, "name", "pk")[:limit]:
        unit = row.unit.short_name if row.unit else ""
        yield (
            row.name,
            " · ".join(filter(None, [row.credit_code, unit])),
            reverse("enterprise_detail", args=[row.uid]),
        )


def find_officers(user, query, limit) -> Iterator[tuple[Any, str, str]]:
    """Officers by name, pinyin, initials or police number.

    Those of one's own unit first among equals.
    """
    text = squeeze(query)
    rows = Officer.objects.visible_to(user).filter(
        pk__in=candidates("officer", query), left_on__isnull=True
    )
    fit = best_first(
        Q(police_number__iexact=text),
        Q(name=text),
        Q(name__startswith=text),
        Q(name__contains=text),
    )
    rows = rows.select_related("unit").order_by(
        fit, best_first(Q(unit=user.unit_id)), "police_number"
    )
    for row in rows[:limit]:
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
