"""Campaigns."""

from api.core.rows import NounSerializer
from visits.models import Campaign


class CampaignSerializer(NounSerializer):
    """A period with a purpose, of one unit and all below it, that visits may belong to."""

    class Meta(NounSerializer.Meta):
        model = Campaign
        fields = ("name", "unit", "starts_on", "ends_on")
        create_only = ("unit",)
