"""The kept roll-ups of visits: written in each visit's own transaction, rebuilt by loaders, healed
at night.

``from visits import tallies``, then ``tallies.moved(before=…, after=…)`` and so on.
"""

from visits.reporting.rollups.keeping import (
    VisitFacts,
    enterprises_moved,
    facts_of,
    moved,
    refresh_last_visit,
)
from visits.reporting.rollups.recounting import rebuild_tallies, reconcile_tallies

__all__ = [
    "VisitFacts",
    "enterprises_moved",
    "facts_of",
    "moved",
    "rebuild_tallies",
    "reconcile_tallies",
    "refresh_last_visit",
]
