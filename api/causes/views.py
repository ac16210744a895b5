"""Common causes of problems."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from api.causes.serializers import (
    CommonCauseSerializer,
    JoinSerializer,
    LeaveSerializer,
    ReopenSerializer,
    SolveSerializer,
)
from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.schema import answers
from api.core.viewsets import NounViewSet
from crm.errors import Conflict
from visits.causes.filters import CommonCauseFilterSet
from visits.causes.joining import cause_join, cause_leave
from visits.causes.services import cause_change, cause_found
from visits.causes.solving import cause_reopen, cause_solve
from visits.models import CommonCause


class CommonCauseViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The common causes one founded or leads, of one's units, and those that hold a problem one may
    see.
    """

    serializer_class = CommonCauseSerializer
    filterset_class = CommonCauseFilterSet
    ordering_fields = {"founded_on": ("founded_on",), "member_count": ("member_count",)}
    ordering = "-founded_on"
    create_service = staticmethod(cause_found)
    change_service = staticmethod(cause_change)
    rights = {
        **NounViewSet.rights,
        "join": "change",
        "leave": "change",
        "solve": "change",
        "reopen": "change",
    }
    body_serializers = {
        "join": JoinSerializer,
        "leave": LeaveSerializer,
        "solve": SolveSerializer,
        "reopen": ReopenSerializer,
    }

    @answers(JoinSerializer, CommonCauseSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, uid: UUID) -> HttpResponse:
        """Join problems, all or none.

        409 when one belongs to a common cause already or has ended.
        """
        values = self.get_validated_data()
        cause = self.get_object()
        cause_join(
            cause=cause, problems=values["problems"], by=request.user, why=values.get("why", "")
        )
        return self.retrieve(request)

    @answers(LeaveSerializer, None, status=204)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, uid: UUID) -> HttpResponse:
        """Take a problem out; 409 when it does not belong to this cause any more."""
        values = self.get_validated_data()
        cause_leave(
            cause=self.get_object(),
            problem=values["problem"],
            by=request.user,
            why=values["why"],
        )
        return HttpResponse(status=204)

    @answers(SolveSerializer, CommonCauseSerializer, version=True)
    @action(detail=True, methods=["post"])
    def solve(self, request: Request, uid: UUID) -> HttpResponse:
        """Say how the matter was solved, from the version that was read.

        No problem is answered by it.
        """
        values = self.get_validated_data()
        cause = self.as_read(values)
        cause_solve(cause=cause, **values, by=request.user)
        return self.retrieve(request)

    @answers(ReopenSerializer, CommonCauseSerializer, version=True)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, uid: UUID) -> HttpResponse:
        """Take a solved matter up again, from the version that was read."""
        values = self.get_validated_data()
        cause = self.as_read(values)
        cause_reopen(cause=cause, **values, by=request.user)
        return self.retrieve(request)

    def as_read(self, values: dict[str, Any]) -> CommonCause:
        """The cause in the version that the asker has read, which is taken out of ``values``.

        Conflict in any other.
        """
        version, cause = self.version_of(values), self.get_object("change")
        if version != cause.version:
            raise Conflict()
        return cause
