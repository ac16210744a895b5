"""Contacts."""

from rest_framework.decorators import action

from api.contacts.serializers import ContactSerializer, RevealedSerializer
from api.core.schema import answers
from api.core.views import Changes, Creates, NounViewSet
from liaisons.contacts.filters import ContactFilterSet
from liaisons.contacts.services import contact_change, contact_create, contact_reveal


class ContactViewSet(Creates, Changes, NounViewSet):
    """The people to talk to at the enterprises in scope; name and phone are masked."""

    serializer_class = ContactSerializer
    filterset = ContactFilterSet
    orderings = {"enterprise": ("enterprise_id",)}
    default_ordering = "enterprise"
    create_verb = staticmethod(contact_create)
    change_verb = staticmethod(contact_change)
    rights = {**NounViewSet.rights, "reveal": "reveal"}

    @answers(None, RevealedSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request, uid):
        """Name and phone in full; each reveal is audited."""
        return self.respond(
            contact_reveal(contact=self.row({"uid": uid}, "reveal"), by=request.user)
        )
