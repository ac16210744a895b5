"""Creating and changing a noun, by its services."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from crm.text.words import uuid_or_none
from crm.writing.rows import created_earlier


class CreateOnceMixin:
    """POST to the list.

    The client chooses the uid: the same request again gets the same answer, and makes nothing.
    """

    create_service: Callable[..., tuple[Model, bool]] | None = None

    def create(self, request: Request) -> HttpResponse:
        """Create a row; 201, or 200 when the same create was sent before."""
        serializer = self.get_serializer(data=request.data)
        try:
            serializer.is_valid(raise_exception=True)
        except ValidationError:
            # What a repeated create names may be out of use by now: it still gets its answer.
            row, created = self.created_earlier(), False
            if row is None:
                raise
        else:
            row, created = self.perform_create(serializer)
        if not created:
            self.require_in_scope(row.uid)
        headers = {"Location": f"{request.path}{row.uid}/"}
        return self.respond_with_row(row.uid, status=201 if created else 200, headers=headers)

    def perform_create(self, serializer: BaseSerializer) -> tuple[Model, bool]:
        """``(row, created)``: ``created`` is False where the same request made the row before."""
        values = dict(serializer.validated_data)
        return self.create_service(
            uid=values.pop("uid"), payload=self.request.data, values=values, by=self.request.user
        )

    def created_earlier(self) -> Model | None:
        """The row that the same request created before, or None."""
        body = self.request.data
        uid = uuid_or_none(body.get("uid"))
        return (
            created_earlier(self.model, uid=uid, payload=body, by=self.request.user)
            if uid
            else None
        )


class ChangeVersionMixin:
    """PATCH to a row, from the version that was read."""

    change_service: Callable[..., Any] | None = None

    def partial_update(self, request: Request, **lookup: Any) -> HttpResponse:
        """Change the fields that are named; 412 with what changed when somebody else was faster."""
        serializer = self.get_serializer(self.get_object("change"), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return self.respond_with_row(serializer.instance.uid)

    def perform_update(self, serializer: BaseSerializer) -> None:
        values = dict(serializer.validated_data)
        version = self.version_of(values)
        self.change_service(
            row=serializer.instance, values=values, version=version, by=self.request.user
        )
