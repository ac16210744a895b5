"""Common causes of problems."""

from django.http import HttpResponse
from rest_framework.decorators import action

from api.causes.serializers import (
    CommonCauseSerializer,
    JoinSerializer,
    LeaveSerializer,
    ReopenSerializer,
    SolveSerializer,
)
from api.core.schema import answers
from api.core.views import Changes, Creates, NounViewSet
from crm.errors import Conflict
from visits.causes.filters import CommonCauseFilterSet
from visits.causes.joining import cause_join, cause_leave
from visits.causes.services import cause_change, cause_found
from visits.causes.solving import cause_reopen, cause_solve


class CommonCauseViewSet(Creates, Changes, NounViewSet):
    """The common causes one founded or leads, of one's units, and those that hold a problem one may
    see.
    """

    serializer_class = CommonCauseSerializer
    filterset = CommonCauseFilterSet
    orderings = {"founded_on": ("founded_on",), "member_count": ("member_count",)}
    default_ordering = "-founded_on"
    create_verb = staticmethod(cause_found)
    change_verb = staticmethod(cause_change)
    rights = {
        **NounViewSet.rights,
        "join": "change",
        "leave": "change",
        "solve": "change",
        "reopen": "change",
    }

    @answers(JoinSerializer, CommonCauseSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request, uid):
        """Join problems, all or none.

        409 when one belongs to a common cause already or has ended.
        """
        values = self.taken(JoinSerializer, request.data)
        cause = self.row({"uid": uid}, "view")
        cause_join(
            cause=cause, problems=values["problems"], by=request.user, why=values.get("why", "")
        )
        return self.answer(uid)

    @answers(LeaveSerializer, None, status=204)
    @action(detail=True, methods=["post"])
    def leave(self, request, uid):
        """Take a problem out; 409 when it does not belong to this cause any more."""
        values = self.taken(LeaveSerializer, request.data)
        cause_leave(
            cause=self.row({"uid": uid}, "view"),
            problem=values["problem"],
            by=request.user,
            why=values["why"],
        )
        return HttpResponse(status=204)

    @answers(SolveSerializer, CommonCauseSerializer, version=True)
    @action(detail=True, methods=["post"])
    def solve(self, request, uid):
        """Say how the matter was solved, from the version that was read.

        No problem is answered by it.
        """
        values = self.taken(SolveSerializer, request.data)
        cause = self.as_read(uid, values)
        cause_solve(cause=cause, **values, by=request.user)
        return self.answer(uid)

    @answers(ReopenSerializer, CommonCauseSerializer, version=True)
    @action(detail=True, methods=["post"])
    def reopen(self, request, uid):
        """Take a solved matter up again, from the version that was read."""
        values = self.taken(ReopenSerializer, request.data)
        cause = self.as_read(uid, values)
        cause_reopen(cause=cause, **values, by=request.user)
        return self.answer(uid)

    def as_read(self, uid, values):
        """The cause in the version that the asker has read, which is taken out of ``values``.

        Conflict in any other.
        """
        version, cause = self.version_of(values), self.row({"uid": uid})
        if version != cause.version:
            raise Conflict()
        return cause
