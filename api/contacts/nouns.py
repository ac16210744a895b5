"""Contacts: their prefix, and how other nouns name them."""

from django.db.models import Q

from api.contacts.views import ContactViewSet
from api.core.nouns import ApiNoun, nouns
from api.core.references import Reference, references
from liaisons.models import Contact

nouns.add(ApiNoun("contacts", ContactViewSet))
references.add(Reference(Contact, shown=(), usable=Q(left_on__isnull=True)))
