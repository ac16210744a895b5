"""Enterprises: their prefix, and how other nouns name them."""

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.enterprises.views import EnterpriseViewSet
from liaisons.models import Enterprise

nouns.add(ApiNoun("enterprises", EnterpriseViewSet))
references.add(Reference(Enterprise))
