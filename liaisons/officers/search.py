"""What an officer is found by."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, best_first, candidates, searchers
from crm.text.words import squeeze
from liaisons.models import Officer


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


searchers.add(Searcher(_("Officers"), "user", find_officers, order=20))
