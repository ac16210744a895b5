"""Filters of campaigns."""

from crm.pages.filters import DayFrom, DayTo, NounFilterSet, UnitFilter
from visits.models import Campaign


class CampaignFilterSet(NounFilterSet):
    """``ends_from`` finds the campaigns that still run on a day or later."""

    unit = UnitFilter()
    ends_from = DayFrom("ends_on")
    starts_to = DayTo("starts_on")

    class Meta:
        model = Campaign
        fields = []
