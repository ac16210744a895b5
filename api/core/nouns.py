"""Which nouns the API has; each says so in the ``nouns.py`` of its folder."""

from dataclasses import dataclass
from operator import attrgetter

from api.core.viewsets import NounViewSet
from crm.hooks import Hook


@dataclass(frozen=True)
class ApiNoun:
    """A noun's address below ``/api/v1/`` (its plural) and who answers there."""

    prefix: str
    viewset: type[NounViewSet]


#: Filled with ApiNoun.
nouns = Hook("api_nouns", "Nouns of the API (ApiNoun).", key=attrgetter("prefix"))
