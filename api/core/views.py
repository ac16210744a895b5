"""What every view of the API has: the asker's language, JSON in and out, an ETag, and failures as
problem details.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.core.responses import json_response


@lru_cache(maxsize=256)
def language_for(header: str) -> str:
    """The language of an Accept-Language header: the first of Chinese and English that it names,
    else the default.
    """
    for name, _weight in parse_accept_lang_header(header.lower()):
        for code, _label in settings.LANGUAGES:
            if name.split("-")[0] == code.split("-")[0]:
                return code
    return settings.LANGUAGE_CODE


class JSONOnly(BaseContentNegotiation):
    """There is one representation, so nothing is negotiated.

    A body is what the handler takes, JSON nearly everywhere.
    """

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        sent = request.content_type.split(";")[0].strip()
        return parsers[0] if sent == parsers[0].media_type else None

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view of the API: in the asker's language, JSON in and out, every failure as problem
    details.
    """

    content_negotiation_class = JSONOnly
    metadata_class = None  # OPTIONS tells nothing that the schema does not

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if header := request.META.get("HTTP_ACCEPT_LANGUAGE"):
            translation.activate(language_for(header))
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            request.data  # noqa: B018 (a body that cannot be read is refused, whether or not the handler asks for it)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Content-Language"] = translation.get_language()
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def respond(self, data: Any, **options: Any) -> HttpResponse:
        """``data`` as JSON with an ETag; ``options`` are those of ``json_response``."""
        return json_response(self.request, data, **options)
