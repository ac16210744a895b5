"""Campaigns."""

from api.campaigns.serializers import CampaignSerializer
from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.viewsets import NounViewSet
from visits.campaigns.filters import CampaignFilterSet
from visits.campaigns.services import campaign_change, campaign_create


class CampaignViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The campaigns of one's units and of the units above."""

    serializer_class = CampaignSerializer
    filterset_class = CampaignFilterSet
    ordering_fields = {"starts_on": ("starts_on",), "ends_on": ("ends_on",)}
    ordering = "-starts_on"
    create_service = staticmethod(campaign_create)
    change_service = staticmethod(campaign_change)
