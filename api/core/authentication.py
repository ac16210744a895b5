"""Who is asking: a browser with its session, or a program with a token."""

import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS

from api.models import ApiToken, digest_of
from crm.db.kept import KeptQuery
from crm.errors import Refusal
from crm.models import User

#: How exactly the last use of a token is noted.
NOTED_EVERY = datetime.timedelta(hours=1)


class BadToken(AuthenticationFailed):
    default_detail = _(
        "This token does not hold: it is unknown, expired or revoked. Ask for a new one."
    )
    default_code = "bad-token"


class FirstPassword(Refusal):
    status = 403
    code = "first-password"
    sentence = _(
        "This account still has its first password. Log in to the pages and choose your own."
    )


class CsrfFailed(PermissionDenied):
    default_detail = _("The CSRF token is missing or wrong. Reload the page and send again.")
    default_code = "csrf"


def holders(digest: str, now: datetime.datetime) -> QuerySet[User]:
    """Who holds a token: of a digest, at a moment."""
    since = {
        "api_tokens__created_at__gte": F("password_changed_at")
    }  # false as well where a first password is still to be changed
    users = User.objects.select_related("unit").filter(
        **since, api_tokens__digest=digest, is_active=True
    )
    users = users.filter(
        api_tokens__revoked_at__isnull=True,
        api_tokens__expires_at__gt=now,
        api_tokens__epoch=F("access_epoch"),
    )
    return users.annotate(
        token_id=F("api_tokens__pk"), token_used_at=F("api_tokens__last_used_at")
    ).order_by()


def writing_holders(digest: str, now: datetime.datetime) -> QuerySet[User]:
    """The same with the officer, for whom who writes is mostly asked as well."""
    return holders(digest, now).select_related("unit", "officer")


# Asked by every request; built anew it is a fifth of the shortest and a tenth of a list.
_GIVEN = [ApiToken._meta.get_field("digest"), ApiToken._meta.get_field("expires_at")]
READERS, WRITERS = KeptQuery(_GIVEN, holders), KeptQuery(_GIVEN, writing_holders)


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer crm_…``.

    The account, its unit and the token's state are read in one statement.
    """

    def authenticate(self, request) -> tuple | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _space, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        now, kept = timezone.now(), READERS if request.method in SAFE_METHODS else WRITERS
        found = kept(digest_of(token.strip()), now)
        if not found:
            raise BadToken()
        user = found[0]
        if user.token_used_at is None or now - user.token_used_at > NOTED_EVERY:
            ApiToken.objects.filter(pk=user.token_id).update(last_used_at=now)
        return user, user.token_id

    def authenticate_header(self, request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the pages; a write needs the CSRF token as there (header ``X-CSRFToken``)."""

    def authenticate(self, request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found and found[0].has_first_password:
            raise FirstPassword()
        return found

    def enforce_csrf(self, request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as denied:
            raise CsrfFailed() from denied
