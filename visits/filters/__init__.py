"""The filters of this room's nouns."""

from visits.filters.campaigns import CampaignFilterSet
from visits.filters.causes import CommonCauseFilterSet
from visits.filters.problems import ProblemFilterSet
from visits.filters.visits import VisitFilterSet

__all__ = ["CampaignFilterSet", "CommonCauseFilterSet", "ProblemFilterSet", "VisitFilterSet"]
