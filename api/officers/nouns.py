"""Officers: their prefix, and how other nouns name them."""

from django.db.models import Q

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.officers.views import OfficerViewSet
from liaisons.models import Officer

nouns.add(ApiNoun("officers", OfficerViewSet))
references.add(Reference(Officer, shown=("name", "police_number"), usable=Q(left_on__isnull=True)))
