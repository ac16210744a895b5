"""What a visit is found by."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, narrowed, searchers, typed
from crm.text.words import place_of
from visits.models import Visit


def find_visits(user, query, limit) -> Iterator[tuple[str, str, str]]:
    """Visits by their notes, the newest first."""
    rows = narrowed(
        Visit.objects.visible_to(user).filter(withdrawn_at__isnull=True), "visit", query
    )
    for row in rows.select_related("enterprise").order_by("-held_on", "-pk")[:limit]:
        yield (
            f"{row.enterprise.name} {row.held_on}",
            excerpt(row.notes, query),
            reverse("visit_detail", args=[row.uid]),
        )


def excerpt(notes, query, around=18) -> str:
    """The words around the first place where ``query`` stands in ``notes``."""
    text = " ".join(notes.split())
    start, end = place_of(typed(query), text) or (0, 0)
    start, end = max(start - around, 0), end + around
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


searchers.add(Searcher(_("Visits"), "clipboard-text", find_visits, order=40))
