"""The filters of this room's nouns."""

from visits.filters.campaigns import CampaignFilterSet
from visits.filters.problems import ProblemFilterSet
from visits.filters.visits import VisitFilterSet

__all__ = ["CampaignFilterSet", "ProblemFilterSet", "VisitFilterSet"]
