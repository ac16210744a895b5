"""What an enterprise is found by."""

from collections.abc import Iterator

from django.db.models import Case, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, best_first, candidates, searchers
from crm.text.words import core_name, squeeze
from liaisons.models import Assignment, Enterprise


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


searchers.add(Searcher(_("Enterprises"), "buildings", find_enterprises, order=10))
