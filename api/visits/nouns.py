"""Visits: their prefix, and how other nouns name them."""

from django.db.models import Q

from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from api.visits.views import VisitViewSet
from visits.models import Visit

nouns.add(ApiNoun("visits", VisitViewSet))
references.add(Reference(Visit, shown=("held_on",), usable=Q(withdrawn_at__isnull=True)))
