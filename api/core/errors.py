"""Every failure as problem details (RFC 9457), in the asker's language."""

import logging

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.views import set_rollback

from api.core.authentication import CsrfFailed
from api.core.renderers import encode
from crm.backing import outages
from crm.backing.outages import Answer, answers
from crm.errors import Conflict, Invalid, Missing, NotAllowed, Refusal

log = logging.getLogger("django.request")

#: code → (status, title). The code ends the problem's type and never changes.
TITLES = {
    "refused": (400, gettext_lazy("Refused")),
    "malformed": (400, gettext_lazy("Malformed request")),
    "not-authenticated": (401, gettext_lazy("Not logged in")),
    "not-allowed": (403, gettext_lazy("Not allowed")),
    "first-password": (403, gettext_lazy("First password still to be changed")),
    "csrf": (403, gettext_lazy("CSRF token missing")),
    "not-found": (404, gettext_lazy("Not found")),
    "method-not-allowed": (405, gettext_lazy("Method not allowed")),
    "not-acceptable": (406, gettext_lazy("Not acceptable")),
    "conflict": (409, gettext_lazy("Conflict")),
    "identifier-used": (409, gettext_lazy("Identifier already used")),
    "stale-edit": (412, gettext_lazy("Changed meanwhile")),
    "too-large": (413, gettext_lazy("Too large")),
    "unsupported-media-type": (415, gettext_lazy("Unsupported media type")),
    "invalid": (422, gettext_lazy("Invalid values")),
    "precondition-required": (428, gettext_lazy("Version required")),
    "throttled": (429, gettext_lazy("Too many requests")),
    "locked": (429, gettext_lazy("Account locked")),
    "unavailable": (503, gettext_lazy("Not available just now")),
    "failure": (500, gettext_lazy("Failure")),
}
TYPE = "/api/v1/problem-types/{}/"
MEDIA_TYPE = "application/problem+json"


class PreconditionRequired(Refusal):
    """A change that does not say which version it was made from."""

    status = 428
    code = "precondition-required"
    sentence = gettext_lazy(
        'Name the version that you read: the header If-Match: "3", or "version" in the body.'
    )


def problem(code, detail, *, status=None, headers=None, **members) -> HttpResponse:
    """A response of problem details; ``members`` (errors, changed, …) are left out when empty."""
    known, title = TITLES.get(code, (400, TITLES["refused"][1]))
    body = {"type": TYPE.format(code), "title": title, "status": status or known, "detail": detail}
    body |= {name: value for name, value in members.items() if value}
    return HttpResponse(
        encode(body), status=body["status"], content_type=MEDIA_TYPE, headers=headers
    )


def flattened(errors, path="") -> dict[str, list[str]]:
    """DRF's nested errors as ``{"problems.0.title": ["…"]}``, those of the whole body as ``""``."""
    if isinstance(errors, dict):
        found = {}
        for name, below in errors.items():
            name = "" if name in ("non_field_errors", "__all__") else str(name)
            found |= flattened(below, ".".join(filter(None, (path, name))))
        return found
    if isinstance(errors, list) and any(isinstance(item, (dict, list)) for item in errors):
        found = {}
        for number, below in enumerate(errors):
            found |= flattened(below, f"{path}.{number}")
        return found
    return {path: [str(item) for item in errors]} if errors else {}


#: DRF's and Django's exceptions → the code of the problem; the first that fits is taken.
CODES = (
    (exceptions.ParseError, "malformed"),
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), "not-authenticated"),
    (CsrfFailed, "csrf"),
    (exceptions.MethodNotAllowed, "method-not-allowed"),
    (exceptions.NotAcceptable, "not-acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported-media-type"),
    (exceptions.Throttled, "throttled"),
)


def _as_refusal(error):
    """The refusal that says the same as an exception of Django or DRF; None when there is none."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Invalid(errors=error.detail)
    if isinstance(error, (Http404, exceptions.NotFound)):
        return Missing()
    if isinstance(error, IntegrityError):
        return Conflict()
    if isinstance(error, PermissionDenied) or type(error) is exceptions.PermissionDenied:
        return NotAllowed()
    return None


def exception_handler(error, context) -> HttpResponse:
    """The problem for whatever was raised in an API view; an error of ours is logged (500)."""
    set_rollback()
    if (refusal := _as_refusal(error)) is not None:
        return _refused(refusal)
    if isinstance(error, RequestDataTooBig):
        return problem("too-large", _("This is larger than what is taken at once."))
    for kinds, code in CODES:
        if isinstance(error, kinds):
            return problem(code, str(error.detail), headers=_headers(error))
    if outages.is_outage(error):
        return outages.unavailable(context["request"], error)
    return _failure(error, context)


def _refused(refusal: Refusal) -> HttpResponse:
    """The problem of a refusal, with the members that it adds."""
    members = dict(refusal.extra)
    members["errors"] = flattened(members.pop("errors", {}))
    headers = getattr(refusal, "headers", None)
    return problem(
        refusal.code, refusal.sentence, status=refusal.status, headers=headers, **members
    )


def _failure(error, context) -> HttpResponse:
    """Log an error of ours, as Django does one of a page; the problem that says so."""
    request = context["request"]
    log.exception("%s %s failed", request.method, request.path)
    got_request_exception.send(sender=context["view"].__class__, request=request._request)
    return problem("failure", _("Something went wrong here. It was noted; please try again later."))


def unavailable(headers) -> HttpResponse:
    """The problem while the database is away, wherever in a request that came to light."""
    sentence = _(
        "The database does not answer just now. Send the same request again later: it counts once."
    )
    return problem("unavailable", sentence, headers=headers)


def _headers(error) -> dict:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    return headers


answers.add(Answer("/api/", unavailable))
