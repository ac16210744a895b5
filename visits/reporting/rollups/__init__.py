"""The kept roll-ups of visits: written in each visit's own transaction, rebuilt by loaders, healed
at night.

``from visits.reporting import rollups``, then ``rollups.moved(before=…, after=…)`` and so on.
"""

from visits.reporting.rollups.keeping import (
    VisitFacts,
    enterprises_moved,
    facts_of,
    moved,
    refresh_last_visit,
)
from visits.reporting.rollups.recounting import rebuild_rollups, reconcile_rollups

__all__ = [
    "VisitFacts",
    "enterprises_moved",
    "facts_of",
    "moved",
    "rebuild_rollups",
    "reconcile_rollups",
    "refresh_last_visit",
]
