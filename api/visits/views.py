"""Visits."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.schema import answers
from api.core.viewsets import NounViewSet
from api.visits.serializers import VisitSerializer, WithdrawSerializer
from visits.recording.filters import VisitFilterSet
from visits.recording.services import visit_change, visit_record, visit_withdraw


class VisitViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The visits of one's own, of one's units, and to the enterprises one is assigned to.

    Withdrawn ones on request.
    """

    serializer_class = VisitSerializer
    filterset_class = VisitFilterSet
    ordering_fields = {"held_on": ("held_on",)}
    ordering = "-held_on"
    create_service = staticmethod(visit_record)
    change_service = staticmethod(visit_change)
    rights = {**NounViewSet.rights, "withdraw": "change"}
    body_serializers = {"withdraw": WithdrawSerializer}

    @answers(WithdrawSerializer, VisitSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: UUID) -> HttpResponse:
        """Withdraw a visit that was recorded in error; it is kept, counts nowhere, and says why."""
        values = self.get_validated_data()
        visit_withdraw(visit=self.get_object("change"), reason=values["reason"], by=request.user)
        return self.retrieve(request)
