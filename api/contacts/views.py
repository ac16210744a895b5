"""Contacts."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from api.contacts.serializers import ContactSerializer, RevealedSerializer
from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.schema import answers
from api.core.viewsets import NounViewSet
from liaisons.contacts.filters import ContactFilterSet
from liaisons.contacts.services import contact_change, contact_create, contact_reveal


class ContactViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The people to talk to at the enterprises in scope; name and phone are masked."""

    serializer_class = ContactSerializer
    filterset_class = ContactFilterSet
    ordering_fields = {"enterprise": ("enterprise_id",)}
    ordering = "enterprise"
    create_service = staticmethod(contact_create)
    change_service = staticmethod(contact_change)
    rights = {**NounViewSet.rights, "reveal": "reveal"}

    @answers(None, RevealedSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, uid: UUID) -> HttpResponse:
        """Name and phone in full; each reveal is audited."""
        return self.respond(contact_reveal(contact=self.get_object("reveal"), by=request.user))
