"""Campaigns: their prefix, and how other nouns name them."""

from api.campaigns.views import CampaignViewSet
from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from visits.models import Campaign

nouns.add(ApiNoun("campaigns", CampaignViewSet))
references.add(Reference(Campaign))
