"""Visits."""

from rest_framework.decorators import action

from api.core.schema import answers
from api.core.views import Changes, Creates, NounViewSet
from api.visits.serializers import VisitSerializer, WithdrawSerializer
from visits.recording.filters import VisitFilterSet
from visits.recording.services import visit_change, visit_record, visit_withdraw


class VisitViewSet(Creates, Changes, NounViewSet):
    """The visits of one's own, of one's units, and to the enterprises one is assigned to.

    Withdrawn ones on request.
    """

    serializer_class = VisitSerializer
    filterset = VisitFilterSet
    orderings = {"held_on": ("held_on",)}
    default_ordering = "-held_on"
    create_verb = staticmethod(visit_record)
    change_verb = staticmethod(visit_change)
    rights = {**NounViewSet.rights, "withdraw": "change"}

    @answers(WithdrawSerializer, VisitSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, uid):
        """Withdraw a visit that was recorded in error; it is kept, counts nowhere, and says why."""
        values = self.taken(WithdrawSerializer, request.data)
        visit_withdraw(visit=self.row({"uid": uid}), reason=values["reason"], by=request.user)
        return self.answer(uid)
