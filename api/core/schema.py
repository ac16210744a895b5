"""How the API describes itself (OpenAPI 3.1): from the serializers and filters that it runs on, and
from nothing else.
"""

from collections.abc import Callable, Iterator
from typing import Any

import django_filters
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from api.core.errors import MEDIA_TYPE
from api.core.pagination import KeysetPagination
from api.core.rows import ROW

BINARY = OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The version that was read, e.g. "3"; or send `version` in the body.',
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that one holds already.",
)


class ProblemDetailsSerializer(serializers.Serializer):
    """Why something was not done (RFC 9457)."""

    type = serializers.CharField(
        help_text="Says which kind of problem it is; its last part never changes."
    )
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(
        help_text="A sentence for people, in the language of Accept-Language."
    )
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text='Field → sentences; "" is the whole body.',
    )
    changed = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Of a stale edit: field → newest value.",
    )
    version = serializers.IntegerField(
        required=False, help_text="Of a stale edit: the newest version."
    )


def with_problems(responses, *statuses) -> Any:
    """``responses`` and, for each status, the problem details that it comes with."""
    return responses | {
        (status, MEDIA_TYPE): ProblemDetailsSerializer
        for status in sorted({401, 403, 503, *statuses})
    }


def answers(request, response, *, status=200, version=False, public=False) -> Callable[..., Any]:
    """Say of a viewset's further action what it takes and answers.

    ``version``: it needs the version that was read.
    """
    statuses = (
        (401, 422, 429)
        if public
        else (404, 409, *((412, 428) if version else ()), *((400, 422) if request else ()))
    )
    return extend_schema(
        request=request,
        responses=with_problems({status: response}, *statuses),
        parameters=[IF_MATCH] if version else [],
        **({"auth": []} if public else {}),
    )


class ApiSchema(AutoSchema):
    """Describes a NounViewSet."""

    def _is_list_view(self, serializer=None) -> bool:
        return False  # a page is an object, see ``page``

    def get_operation_id(self) -> str:
        parts = [part for part in self._tokenize_path() if not part.startswith("{")]
        name = getattr(self.view, "action", None) or self.method.lower()
        return "_".join([*(part.replace("-", "_") for part in parts if part != name), name])

    def get_request_serializer(self) -> type[serializers.BaseSerializer] | None:
        takes = self.view.action in ("create", "partial_update")
        return self.view.get_serializer_class() if takes else None

    def get_response_serializers(self) -> Any:
        noun = self.view.serializer_class
        match self.view.action:
            case "list":
                return with_problems({200: self.page(noun.variant(ROW))}, 422)
            case "create":
                return with_problems({201: noun, 200: noun}, 400, 404, 409, 422)
            case "partial_update":
                return with_problems({200: noun}, 400, 404, 409, 412, 422, 428)
        return with_problems({200: noun}, 404)

    def page(self, row) -> Any:
        """A page of a list: its rows, and the addresses of its neighbours."""
        link = {
            "allow_null": True,
            "help_text": "A URI reference; null where there is no such page.",
        }
        return inline_serializer(
            f"{self.view.serializer_class.__name__.removesuffix('Serializer')}Page",
            {
                "results": row(many=True),
                "next": serializers.CharField(**link),
                "previous": serializers.CharField(**link),
            },
        )

    def get_override_parameters(self) -> list[OpenApiParameter] | list:
        match getattr(self.view, "action", None):
            case "list":
                return [*self.showing(), *self.filters(), IF_NONE_MATCH]
            case "retrieve":
                return [IF_NONE_MATCH]
            case "partial_update":
                return [IF_MATCH]
        return []

    def showing(self) -> Iterator[OpenApiParameter]:
        orderings = [name for known in self.view.ordering_fields for name in (known, f"-{known}")]
        yield OpenApiParameter("ordering", str, enum=orderings, default=self.view.ordering)
        yield OpenApiParameter(
            KeysetPagination.page_size_query_param,
            {
                "type": "integer",
                "minimum": 1,
                "maximum": KeysetPagination.max_page_size,
                "default": KeysetPagination.page_size,
            },
        )
        yield OpenApiParameter(
            "cursor", str, description=str(_("Taken from `next` or `previous` of another page."))
        )

    def filters(self) -> Iterator[OpenApiParameter]:
        for name, known in self.view.filterset_class.base_filters.items():
            schema = _filter_schema(known)
            label = str(known.label or "") if known._label is not None else ""
            yield OpenApiParameter(
                name,
                schema,
                description=capfirst(label),
                explode=True if schema["type"] == "array" else None,
            )


def _filter_schema(known) -> dict[str, Any]:
    """The schema of one filter's value."""
    match known:
        case django_filters.MultipleChoiceFilter():
            return {"type": "array", "items": {"type": "string", **_choices(known)}}
        case django_filters.ModelChoiceFilter():
            by_uid = known.extra.get("to_field_name") == "uid"
            return {"type": "string", "format": "uuid"} if by_uid else {"type": "string"}
        case django_filters.BooleanFilter():
            return {"type": "boolean"}
        case django_filters.DateFilter():
            return {"type": "string", "format": "date"}
        case django_filters.NumberFilter():
            return {"type": "integer"}
    return {"type": "string", **_choices(known)}


def _choices(known) -> dict[str, list]:
    """The values that a filter may have, where they do not depend on rows."""
    choices = known.extra.get("choices", ())
    if not choices or callable(choices):
        return {}
    return {"enum": [value for value, _label in choices]}


class RefSchema(OpenApiSerializerFieldExtension):
    """A reference is read as an object and written as its key."""

    target_class = "api.core.fields.Ref"
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction) -> dict:
        schema = self.key() if direction == "request" else self.component(auto_schema).ref
        return (
            {"type": "array", "items": schema}
            if self.target.__class__.__name__ == "RefSet"
            else schema
        )

    def key(self) -> dict[str, str]:
        return (
            {"type": "string", "format": "uuid"}
            if self.target.reference.key == "uid"
            else {"type": "string"}
        )

    def component(self, auto_schema) -> ResolvedComponent:
        model = self.target.model
        component = ResolvedComponent(
            name=f"{model.__name__}Ref",
            type=ResolvedComponent.SCHEMA,
            object=model,
            schema=self._object(),
        )
        auto_schema.registry.register_on_missing(component)
        return component

    def _object(self) -> dict[str, Any]:
        """The schema of what is shown of the row that is named."""
        meta, reference = self.target.model._meta, self.target.reference
        shown = {
            name: {"type": "string", **({"format": "date"} if name.endswith("_on") else {})}
            for name in reference.shown
        }
        return {
            "type": "object",
            "description": capfirst(str(meta.verbose_name)),
            "properties": {reference.key: self.key(), **shown},
            "required": list(reference.columns),
        }


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.core.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from POST /api/v1/tokens/",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.core.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The pages' login; writes need X-CSRFToken",
        }
