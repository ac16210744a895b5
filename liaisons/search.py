"""What this room's nouns are found by."""

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search import Searcher, candidates
from crm.words import squeeze
from liaisons.models import Enterprise, KeyProject, Officer


def best_first(**lookups):
    """An expression that is smaller for rows that fit better: each ``lookup=text`` in the order given."""
    cases = [When(Q(**{lookup: text}), then=Value(rank)) for rank, (lookup, text) in enumerate(lookups.items())]
    return Case(*cases, default=Value(len(cases)), output_field=IntegerField())


def find_enterprises(user, query, limit):
    """Enterprises by name, pinyin, initials or a part of the credit code."""
    text = squeeze(query)
    rows = Enterprise.objects.visible_to(user).filter(pk__in=candidates("enterprise", query)).select_related("unit")
    fit = best_first(credit_code=text.upper(), core_name__startswith=text, core_name__contains=text)
    for row in rows.order_by(fit, "name", "pk")[:limit]:
        unit = row.unit.short_name if row.unit else ""
        yield row.name, " · ".join(filter(None, [row.credit_code, unit])), reverse("enterprise_detail", args=[row.uid])


def find_officers(user, query, limit):
    """Officers by name, pinyin, initials or police number."""
    rows = Officer.objects.visible_to(user).filter(pk__in=candidates("officer", query), left_on__isnull=True).select_related("unit")
    fit = best_first(police_number=query.strip(), name=query.strip(), name__startswith=query.strip())
    for row in rows.order_by(fit, "police_number")[:limit]:
        yield row.name, f"{row.police_number} · {row.unit.name}", reverse("officer_detail", args=[row.uid])


def find_projects(user, query, limit):
    """Key projects by name, pinyin, initials or number."""
    rows = KeyProject.objects.visible_to(user).filter(pk__in=candidates("project", query))
    for row in rows.order_by(best_first(code__iexact=query.strip(), name__startswith=query.strip()), "name", "pk")[:limit]:
        yield row.name, f"{row.code} · {row.get_stage_display()}", reverse("project_detail", args=[row.uid])


SEARCHERS = (
    Searcher(_("Enterprises"), "buildings", find_enterprises, order=10),
    Searcher(_("Officers"), "user", find_officers, order=20),
    Searcher(_("Key projects"), "crane", find_projects, order=30),
)
