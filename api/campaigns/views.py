"""Campaigns."""

from api.campaigns.serializers import CampaignSerializer
from api.core.views import Changes, Creates, NounViewSet
from visits.campaigns.filters import CampaignFilterSet
from visits.campaigns.services import campaign_change, campaign_create


class CampaignViewSet(Creates, Changes, NounViewSet):
    """The campaigns of one's units and of the units above."""

    serializer_class = CampaignSerializer
    filterset = CampaignFilterSet
    orderings = {"starts_on": ("starts_on",), "ends_on": ("ends_on",)}
    default_ordering = "-starts_on"
    create_verb = staticmethod(campaign_create)
    change_verb = staticmethod(campaign_change)
