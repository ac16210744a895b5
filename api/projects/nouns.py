"""Key projects: their prefix, and how other nouns name them."""

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.projects.views import KeyProjectViewSet
from liaisons.models import KeyProject

nouns.add(ApiNoun("key-projects", KeyProjectViewSet))
references.add(Reference(KeyProject))
