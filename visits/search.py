"""What this room's nouns are found by."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search import Searcher, candidates
from crm.words import normalise
from visits.models import Visit


def find_visits(user, query, limit):
    """Visits by their notes, the newest first."""
    rows = Visit.objects.visible_to(user).filter(pk__in=candidates("visit", query), withdrawn_at__isnull=True)
    for row in rows.select_related("enterprise").order_by("-held_on", "-pk")[:limit]:
        yield f"{row.enterprise.name} {row.held_on}", excerpt(row.notes, query), reverse("visit_detail", args=[row.uid])


def excerpt(notes, query, around=18):
    """The words around the first place where ``query`` stands in ``notes``."""
    place = max(notes.lower().find(normalise(query)), 0)
    start, end = max(place - around, 0), place + len(query) + around
    return f"{'…' if start else ''}{notes[start:end]}{'…' if end < len(notes) else ''}"


SEARCHERS = (Searcher(_("Visits"), "clipboard-text", find_visits, order=40),)
