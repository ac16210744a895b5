"""Assignments."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from api.assignments.serializers import AssignmentEndSerializer, AssignmentSerializer
from api.core.mixins import CreateOnceMixin
from api.core.schema import answers
from api.core.viewsets import NounViewSet
from liaisons.assignments.filters import AssignmentFilterSet
from liaisons.assignments.services import assignment_begin, assignment_end


class AssignmentViewSet(CreateOnceMixin, NounViewSet):
    """Who serves which enterprise or key project.

    An assignment begins and ends; nothing else of it changes.
    """

    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilterSet
    ordering_fields = {"starts_on": ("starts_on",)}
    ordering = "-starts_on"
    create_service = staticmethod(assignment_begin)
    rights = {**NounViewSet.rights, "end": "change"}
    body_serializers = {"end": AssignmentEndSerializer}

    @answers(AssignmentEndSerializer, AssignmentSerializer, version=True)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, uid: UUID) -> HttpResponse:
        """End the assignment on a day, which is the first that it no longer holds."""
        values = self.get_validated_data()
        version = self.version_of(values)
        assignment_end(
            row=self.get_object("change"),
            ends_on=values["ends_on"],
            version=version,
            by=request.user,
        )
        return self.retrieve(request)
