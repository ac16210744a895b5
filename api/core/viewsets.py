"""What every noun of the API has: a list by cursor, and one row.

A noun is a serializer and a viewset in its own folder; api.core.mixins has create and change:

    class CampaignViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
        serializer_class = CampaignSerializer
        filterset_class = CampaignFilterSet
        ordering_fields = {"starts_on": ("starts_on",)}
        ordering = "-starts_on"
        create_service = staticmethod(campaign_create)
        change_service = staticmethod(campaign_change)
"""

import re
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from api.core.errors import PreconditionRequired
from api.core.filter_backends import NamedOrderingBackend, NounFilterBackend
from api.core.pagination import KeysetPagination
from api.core.references import rows_of
from api.core.rows import CHANGE, CREATE, DETAIL, ROW
from api.core.views import ApiView
from crm.db.kept import kept_plans
from crm.db.scope import role_may
from crm.errors import Invalid, Missing, NotAllowed
from crm.pages.filters import NounFilterSet

#: Which variant of the noun's serializer a handler lists or takes; any other shows a row in full.
VARIANTS = {"list": ROW, "create": CREATE, "partial_update": CHANGE}
_VERSION = re.compile(r'"(\d{1,9})(\.[0-9a-f]+)?"')


class NounViewSet(ApiView, GenericViewSet):
    """Reading a noun.

    A read makes no model instances: its rows are dictionaries of the serializer's plan
    (api.core.rows).
    """

    #: names → columns, see NamedOrderingBackend
    ordering_fields: dict[str, tuple[str, ...]] = {}
    ordering = ""
    filterset_class: type[NounFilterSet] | None = None
    filter_backends = (NamedOrderingBackend, NounFilterBackend)
    pagination_class = KeysetPagination
    lookup_field = "uid"
    lookup_value_converter = "uuid"
    #: what a further handler takes: its name → the serializer class of its body
    body_serializers: dict[str, type[BaseSerializer]] = {}
    #: which right each handler needs; what is not named here needs "view"
    rights = {"create": "create", "partial_update": "change"}
    #: which handlers need no login
    public = frozenset()

    @property
    def model(self) -> type[Model]:
        return self.serializer_class.Meta.model

    def get_authenticators(self) -> list[BaseAuthentication]:
        handler = self.action_map.get(self.request.method.lower()) if self.request else None
        return [] if handler in self.public else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [] if self.action in self.public else super().get_permissions()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in self.public:
            return
        if hasattr(self.model, "roles_for") and not role_may(
            request.user, self.rights.get(self.action, "view"), self.model
        ):
            raise NotAllowed()

    def get_queryset(self, right: str = "view") -> QuerySet:
        """The rows that the asker has this right to."""
        return rows_of(self.model, self.request.user, right)

    def get_object(self, right: str = "view") -> Model:
        """The row (an instance) that the address names and that the asker has this right to.

        Missing for any other. Filters are for lists alone.
        """
        key = {self.lookup_field: self.kwargs[self.lookup_field]}
        with kept_plans():
            rows = list(self.get_queryset(right).filter(**key)[:1])
        if not rows:
            raise Missing()
        return rows[0]

    def get_serializer_class(self) -> type[BaseSerializer]:
        """The serializer of what the handler lists, takes or shows."""
        body = self.body_serializers.get(self.action)
        return body or self.serializer_class.variant(VARIANTS.get(self.action, DETAIL))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user": self.request.user}

    def get_validated_data(self) -> dict[str, Any]:
        """The checked values of the body; DRF's ValidationError with what is wrong in it."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def list(self, request: Request) -> HttpResponse:
        """One page of the rows in scope that fit the filters."""
        in_scope = self.get_queryset()
        page = self.paginator.paginate_queryset(
            self.filter_queryset(in_scope),
            request,
            view=self,
            everything=not in_scope.query.where.children,
        )
        return self.get_paginated_response(self.get_serializer_class().plan().read(page))

    def retrieve(self, request: Request, **lookup: Any) -> HttpResponse:
        """One row in full."""
        key = self.kwargs[self.lookup_field]
        self.require_in_scope(key)
        return self.respond_with_row(key)

    def require_in_scope(self, key: UUID | str) -> None:
        """Raise Missing unless the row with this public key is in scope: a foreign row and no row
        get the same answer.
        """
        rows = self.get_queryset()
        if rows.query.where.children:  # else everything is in scope
            with kept_plans():
                if not rows.filter(**{self.lookup_field: key}).exists():
                    raise Missing()

    def respond_with_row(self, key: UUID | str, **options: Any) -> HttpResponse:
        """The row with this public key, in full: one that is known to be in scope, or that a
        service has just returned.

        Missing where there is none. ``options`` are those of ``json_response``.
        """
        plan = self.serializer_class.plan()
        found = plan.by(self.lookup_field)(key)
        if not found:
            raise Missing()
        row = plan.read(found)[0]
        return self.respond(row, version=row.get("version"), **options)

    def version_of(self, values: dict[str, Any]) -> int:
        """The version that a change was made from, by If-Match or taken out of the body's values."""
        header, written = self.request.META.get("HTTP_IF_MATCH"), values.pop("version", None)
        if header is None and written is None:
            raise PreconditionRequired()
        if header is None:
            return written
        match = _VERSION.fullmatch(header.strip())
        if match is None:
            raise PreconditionRequired()
        if written is not None and written != int(match[1]):
            raise Invalid(errors={"version": [_("The header If-Match names another version.")]})
        return int(match[1])
