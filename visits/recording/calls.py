"""Who called on an enterprise lately or plans to (无事不扰): asked before another call is made.

Told to whoever may see the enterprise: the unit, the day and the kind, and nothing of what was
said.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from visits.models import Visit

#: Calls that are looked at, and those shown of each sort.
MOST, SHOWN = 50, 5


def lately_called(enterprise, *, other_than=None, days=None) -> list[dict[str, Any]]:
    """Visits of the last ``days`` (settings.QUIET_DAYS) and next contacts of the coming ones, as
    dictionaries.

    ``other_than`` leaves out a unit's own. Each: day, unit (short name), kind (label), planned
    (bool).
    """
    today, span = (
        timezone.localdate(),
        datetime.timedelta(days=settings.QUIET_DAYS if days is None else days),
    )
    visits = Visit.objects.filter(enterprise=enterprise, withdrawn_at__isnull=True)
    if other_than is not None:
        visits = visits.exclude(unit=other_than)
    recent = visits.filter(
        Q(held_on__gte=today - span) | Q(next_contact_on__range=(today, today + span))
    )
    rows = list(
        recent.order_by("-held_on", "-pk").values_list(
            "held_on", "next_contact_on", "unit__short_name", "kind"
        )[:MOST]
    )
    kinds = dict(Visit.Kind.choices)
    made = [
        {"day": held, "unit": unit, "kind": kinds[kind], "planned": False}
        for held, _planned, unit, kind in rows
        if held >= today - span
    ]
    planned = [
        {"day": day, "unit": unit, "kind": "", "planned": True}
        for _held, day, unit, _kind in rows
        if day and today <= day <= today + span
    ]
    return made[:SHOWN] + sorted(planned, key=lambda call: call["day"])[:SHOWN]
