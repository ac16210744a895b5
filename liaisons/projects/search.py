"""What a key project is found by."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, best_first, candidates, searchers
from liaisons.models import KeyProject


def find_projects(user, query, limit) -> Iterator[tuple[str, str, str]]:
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


searchers.add(Searcher(_("Key projects"), "crane", find_projects, order=30))
