"""Assignments."""

from rest_framework.decorators import action

from api.assignments.serializers import AssignmentEndSerializer, AssignmentSerializer
from api.core.schema import answers
from api.core.views import Creates, NounViewSet
from liaisons.assignments.filters import AssignmentFilterSet
from liaisons.assignments.services import assignment_begin, assignment_end


class AssignmentViewSet(Creates, NounViewSet):
    """Who serves which enterprise or key project.

    An assignment begins and ends; nothing else of it changes.
    """

    serializer_class = AssignmentSerializer
    filterset = AssignmentFilterSet
    orderings = {"starts_on": ("starts_on",)}
    default_ordering = "-starts_on"
    create_verb = staticmethod(assignment_begin)
    rights = {**NounViewSet.rights, "end": "change"}

    @answers(AssignmentEndSerializer, AssignmentSerializer, version=True)
    @action(detail=True, methods=["post"])
    def end(self, request, uid):
        """End the assignment on a day, which is the first that it no longer holds."""
        values = self.taken(AssignmentEndSerializer, request.data)
        version = self.version_of(values)
        assignment_end(
            row=self.row({"uid": uid}), ends_on=values["ends_on"], version=version, by=request.user
        )
        return self.answer(uid)
