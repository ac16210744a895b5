"""Problems of enterprises."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from api.attachments.serializers import (
    AttachmentListSerializer,
    AttachmentSendSerializer,
    AttachmentSerializer,
    told_file,
)
from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.parsers import FormParser
from api.core.schema import BINARY, answers, with_problems
from api.core.viewsets import NounViewSet
from api.problems.serializers import ProblemSerializer, StepSerializer, WaySerializer
from crm.errors import Conflict, Invalid, Missing, NotAllowed
from crm.models import User
from crm.writing.audit import audit
from visits.attachments.asking import require_ready
from visits.attachments.services import attachment_drop, attachment_keep
from visits.models import Attachment, Problem
from visits.problems.attaching import may_attach, problem_attach
from visits.problems.file_views import handed_out
from visits.problems.filters import ProblemFilterSet
from visits.problems.services import problem_change, problem_register
from visits.problems.workflow.engine import TABLE, possible_steps, take_step

#: What is read of a step.
OF_STEP = (
    "position",
    "verb",
    "old_state",
    "new_state",
    "at",
    "by__name",
    "unit__code",
    "to_unit__code",
    "why",
    "detail",
    "due_at",
)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A step's row (OF_STEP) as the API shows it, with people and units by their own names."""
    return {
        "by": row.pop("by__name"),
        "unit": row.pop("unit__code"),
        "to_unit": row.pop("to_unit__code"),
        **row,
    }


class ProblemViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The problems one reported, of one's units, in their hands, and of the enterprises one is
    assigned to.
    """

    serializer_class = ProblemSerializer
    filterset_class = ProblemFilterSet
    ordering_fields = {"reported_on": ("reported_on",), "due_on": ("due_on",)}
    ordering = "-reported_on"
    create_service = staticmethod(problem_register)
    change_service = staticmethod(problem_change)
    rights = {**NounViewSet.rights, "take": "change", "attach": "change", "detach": "change"}
    body_serializers = {"take": StepSerializer, "attach": AttachmentSendSerializer}

    @answers(None, WaySerializer)
    @action(detail=True, methods=["get"])
    def steps(self, request: Request, uid: UUID) -> HttpResponse:
        """The steps that were taken, the first one first, and what the asker may do next."""
        problem = self.get_object()
        steps = [_shown(row) for row in problem.steps.order_by("position").values(*OF_STEP)]
        possible = [step.name for step in possible_steps(problem, request.user)]
        return self.respond({"steps": steps, "possible": possible})

    @answers(StepSerializer, ProblemSerializer, version=True)
    @steps.mapping.post
    def take(self, request: Request, uid: UUID) -> HttpResponse:
        """Take one step, from the version that was read.

        409 when the problem is elsewhere by now.
        """
        problem = self.get_object()
        values = self.get_validated_data()
        version, why = self.version_of(values), values.pop("why", "")
        row, files = TABLE[values.pop("verb")], values.pop("files", None)
        require_fields(row, values)
        if version != problem.version:
            raise Conflict()
        take_step(row, problem=problem, by=request.user, why=why, files=files, **values)
        return self.retrieve(request)

    @answers(None, AttachmentListSerializer)
    @action(detail=True, methods=["get"])
    def attachments(self, request: Request, uid: UUID) -> HttpResponse:
        """The files that came with its report and its steps."""
        problem = self.get_object()
        return self.respond(
            {
                "results": [
                    told_file(file)
                    for file in problem.attachments.select_related("step").order_by("pk")
                ]
            }
        )

    @extend_schema(
        request={"multipart/form-data": AttachmentSendSerializer},
        responses=with_problems(
            {200: AttachmentSerializer, 201: AttachmentSerializer}, 400, 404, 409, 422
        ),
    )
    @attachments.mapping.post
    def attach(self, request: Request, uid: UUID) -> HttpResponse:
        """Add a file, as a step of the problem's history or with one to come.

        Sent twice under one uid it is one.

        It is checked next: the same request again (200) or the list tells how that went.
        """
        problem, values = self.get_object(), self.get_validated_data()
        if not may_attach(request.user, problem):
            raise NotAllowed()
        kept = _kept(values, request.user)
        if not values["wait"]:
            _take_in(kept, problem, values, request.user)
        return self.respond(told_file(kept), status=201 if kept.is_new else 200)

    @answers(None, BINARY)
    @action(detail=True, methods=["get"], url_path="attachments/<uuid:attachment>")
    def attachment(self, request: Request, uid: UUID, attachment: UUID) -> FileResponse:
        """One file; each download is audited."""
        found = self.file_of(attachment)
        require_ready(found)
        audit("attachment.download", by=request.user, target=found, file=found.name)
        return handed_out(found)

    @extend_schema(request=None, responses=with_problems({204: None}, 404, 409))
    @attachment.mapping.delete
    def detach(self, request: Request, uid: UUID, attachment: UUID) -> HttpResponse:
        """Take a file away that was refused; any other stays with its problem (409)."""
        found = self.file_of(attachment)
        if not may_attach(request.user, found.problem):
            raise NotAllowed()
        attachment_drop(attachment=found, by=request.user)
        return HttpResponse(status=204)

    def file_of(self, attachment: UUID) -> Attachment:
        """The file of a problem in scope; Missing for any other."""
        found = (
            self.get_object().attachments.select_related("problem").filter(uid=attachment).first()
        )
        if found is None:
            raise Missing()
        return found

    def get_parsers(self) -> list[FormParser] | list:
        sends = (
            self.request is not None
            and self.action_map.get(self.request.method.lower()) == "attach"
        )
        return [FormParser()] if sends else super().get_parsers()


def _kept(values: dict[str, Any], by: User) -> Attachment:
    """The file of a request, kept; Invalid with the field's name."""
    try:
        return attachment_keep(form_uid=values["uid"], upload=values["file"], by=by)
    except Invalid as invalid:
        raise Invalid(errors={"file": [str(invalid)]}) from invalid


def _take_in(kept: Attachment, problem: Problem, values: dict[str, Any], by: User) -> None:
    """Let a kept file be the problem's at once, as a step of its history."""
    shown = {str(kept.uid)} if values["for_enterprise"] else ()
    problem_attach(problem=problem, form_uid=values["uid"], by=by, why=values["why"], shown=shown)
    kept.refresh_from_db()


def require_fields(row, values) -> None:
    """Invalid where a step lacks a field that it needs, or was given one that it does not know."""
    lacking = {
        name: [_("This step needs it.")]
        for name in row.fields
        if name not in values and name != "helpers"
    }
    extra = {name: [_("This step does not take it.")] for name in values if name not in row.fields}
    if errors := lacking | extra:
        raise Invalid(errors=errors)
