"""Units: their prefix, and how other nouns name them."""

from django.db.models import Q

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.units.views import UnitViewSet
from crm.models import Unit

nouns.add(ApiNoun("units", UnitViewSet))
references.add(Reference(Unit, "code", usable=Q(closed_on__isnull=True)))
