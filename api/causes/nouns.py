"""Common causes: their prefix, and how other nouns name them."""

from api.causes.views import CommonCauseViewSet
from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from visits.models import CommonCause

nouns.add(ApiNoun("common-causes", CommonCauseViewSet))
references.add(Reference(CommonCause, shown=("title",)))
