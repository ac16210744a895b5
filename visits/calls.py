"""Who called on an enterprise lately or plans to (无事不扰): asked before another call is made.

Told to whoever may see the enterprise: the unit, the day and the kind, and nothing of what was said.
"""

import datetime

from django.conf import settings
from django.utils import timezone

from visits.models import Visit


def lately_called(enterprise, *, other_than=None, days=None):
    """Visits of the last ``days`` (settings.QUIET_DAYS) and next contacts of the coming ones, as dictionaries.

    ``other_than`` leaves out a unit's own. Each: day, unit (short name), kind (label), planned (bool).
    """
    today, span = timezone.localdate(), datetime.timedelta(days=settings.QUIET_DAYS if days is None else days)
    visits = Visit.objects.filter(enterprise=enterprise, withdrawn_at__isnull=True)
    if other_than is not None:
        visits = visits.exclude(unit=other_than)
    made = visits.filter(held_on__gte=today - span).order_by("-held_on", "-pk")
    planned = visits.filter(next_contact_on__range=(today, today + span)).order_by("next_contact_on", "pk")
    kinds = dict(Visit.Kind.choices)
    calls = [
        {"day": day, "unit": unit, "kind": kinds[kind], "planned": False}
        for day, unit, kind in made.values_list("held_on", "unit__short_name", "kind")[:5]
    ]
    return calls + [
        {"day": day, "unit": unit, "kind": "", "planned": True}
        for day, unit in planned.values_list("next_contact_on", "unit__short_name")[:5]
    ]
