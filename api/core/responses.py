"""Answers in JSON, each with an ETag."""

import hashlib
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from api.core.renderers import encode


def json_response(
    request: Request,
    data: Any,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    version: int | None = None,
) -> HttpResponse:
    """``data`` as JSON with an ETag, which begins with the row's ``version`` where it is one.

    304 without a body when a read's asker holds it already.
    """
    body = encode(data)
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    etag = f'"{version}.{digest}"' if version is not None else f'"{digest}"'
    if _holds(request, etag):
        body, status = b"", 304
    response = HttpResponse(body, status=status, content_type="application/json", headers=headers)
    response.headers["ETag"] = etag
    return response


def _holds(request: Request, etag: str) -> bool:
    """Whether the asker of a read says that they hold what has this ETag."""
    held = request.META.get("HTTP_IF_NONE_MATCH") if request.method in ("GET", "HEAD") else None
    if not held:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in held.split(",")]
    return held.strip() == "*" or etag in tags
