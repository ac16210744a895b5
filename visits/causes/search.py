"""What a common cause is found by."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.index import Searcher, narrowed, searchers
from visits.models import CommonCause


def find_causes(user, query, limit) -> Iterator[tuple[str, str, str]]:
    """Common causes by their words, the newest first."""
    rows = narrowed(CommonCause.objects.visible_to(user), "commoncause", query)
    for row in rows.select_related("lead_unit").order_by("-founded_on", "-pk")[:limit]:
        yield (
            row.title,
            f"{row.get_state_display()} · {row.lead_unit.name}",
            reverse("cause_detail", args=[row.uid]),
        )


searchers.add(Searcher(_("Common causes"), "affiliate", find_causes, order=35))
