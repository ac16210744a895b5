"""Tokens: asked for with police number and password, listed without the secret, revoked."""

from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from api.core.authentication import FirstPassword
from api.core.filters import TokenFilterSet
from api.core.schema import answers
from api.core.viewsets import NounViewSet
from api.tokens.serializers import (
    NewTokenSerializer,
    TokenRequestSerializer,
    TokenSerializer,
)
from api.tokens.services import token_issue, token_revoke
from crm.errors import Refusal
from crm.org.lockouts import HERE, WINDOW, limit_sentence
from crm.writing.audit import audit


class WrongPassword(Refusal):
    status = 401
    code = "not-authenticated"
    sentence = gettext_lazy(
        "Police number and password do not fit together. After five failures the account is locked here for a quarter of an hour."
    )
    headers = {"WWW-Authenticate": 'Bearer realm="api"'}


class Locked(Refusal):
    status = 429
    code = "locked"
    headers = {"Retry-After": str(int(WINDOW.total_seconds()))}


class TokenViewSet(NounViewSet):
    """One's own tokens."""

    serializer_class = TokenSerializer
    filterset_class = TokenFilterSet
    ordering_fields = {"created_at": ("created_at",)}
    ordering = "-created_at"
    rights = {"destroy": "change"}
    public = frozenset({"create"})  # number and password are in the body
    body_serializers = {"create": TokenRequestSerializer}

    @answers(TokenRequestSerializer, NewTokenSerializer, status=201, public=True)
    def create(self, request: Request) -> HttpResponse:
        """Issue a token for police number and password.

        It is shown this once; five failures lock the account.
        """
        values = self.get_validated_data()
        user = self.person(request._request, values["police_number"], values["password"])
        row, token = token_issue(name=values["name"], days=values["days"], by=user)
        request.user = user
        plan = TokenSerializer.plan()
        shown = plan.read(plan.select(self.get_queryset().filter(uid=row.uid)))[0]
        return self.respond(
            {**shown, "token": token}, status=201, headers={"Location": f"{request.path}{row.uid}/"}
        )

    def person(self, request, number, password) -> Any:
        """The account behind number and password.

        Failures are counted, noted and refused as on the login page.
        """
        user = authenticate(request, username=number, password=password)
        if user is None:
            limit = request.login_limit
            if not limit or limit == HERE:
                audit("token.issue", ok=False, actor_name=number)
            raise Locked(limit_sentence(limit)) if limit else WrongPassword()
        if user.has_first_password:
            raise FirstPassword()
        return user

    @answers(None, None, status=204)
    def destroy(self, request: Request, uid: UUID) -> HttpResponse:
        """Revoke a token: it holds no more from this moment. It stays in the list."""
        token_revoke(token=self.get_object("change"), by=request.user)
        return HttpResponse(status=204)
