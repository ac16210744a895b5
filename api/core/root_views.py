"""What the API says about itself: its nouns, its problems, its schema, and that an address does not
exist.
"""

import json
from functools import lru_cache
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from api.core.errors import TITLES, TYPE
from api.core.views import ApiView
from crm.errors import Missing


@extend_schema(exclude=True)
class ProblemTypeView(ApiView):
    """What a problem's type means."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request, code) -> HttpResponse:
        if code not in TITLES:
            raise Missing()
        status, title = TITLES[code]
        return self.respond({"type": TYPE.format(code), "title": title, "status": status})


@extend_schema(exclude=True)
class NoSuchAddressView(ApiView):
    """Every other address below /api/: a problem like any other.

    A forgotten final slash is put right.
    """

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if request.path.endswith("/"):
            raise Missing()

    def dispatch(
        self, request, *args, **kwargs
    ) -> HttpResponsePermanentRedirect | Response | HttpResponseBase:
        if not request.path.endswith("/") and _known(f"{request.path}/"):
            query = request.META.get("QUERY_STRING", "")
            return redirect(
                f"{request.path}/{'?' if query else ''}{query}",
                permanent=True,
                preserve_request=True,
            )
        return super().dispatch(request, *args, **kwargs)

    def http_method_not_allowed(self, request, *args, **kwargs) -> Any:
        raise Missing()


def _known(path) -> bool:
    try:
        return resolve(path).url_name != "no_such_address"
    except Resolver404:
        return False


@lru_cache(maxsize=4)
def schema_bytes(language) -> bytes:
    """The schema as JSON, in one language; made once in a process."""
    with translation.override(language):
        return OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True))


@extend_schema(exclude=True)
class SchemaView(ApiView):
    """The API as OpenAPI 3.1."""

    def get(self, request) -> HttpResponse:
        return HttpResponse(
            schema_bytes(translation.get_language()),
            content_type="application/vnd.oai.openapi+json",
        )


#: What the page of the API writes in English, with its translation.
DOCS_WORDS = {
    "Authorize": gettext_lazy("Authorize"),
    "Available authorizations": gettext_lazy("Ways to log in"),
    "Close": gettext_lazy("Close"),
    "Schemas": gettext_lazy("Schemas"),
    "Parameters": gettext_lazy("Parameters"),
    "No parameters": gettext_lazy("No parameters"),
    "Request body": gettext_lazy("Request body"),
    "Responses": gettext_lazy("Responses"),
    "Try it out": gettext_lazy("Try it out"),
    "Execute": gettext_lazy("Send"),
    "Clear": gettext_lazy("Clear"),
    "Cancel": gettext_lazy("Cancel"),
    "Name": gettext_lazy("Name"),
    "Description": gettext_lazy("Description"),
    "Code": gettext_lazy("Status code"),
    "Links": gettext_lazy("Links"),
    "No links": gettext_lazy("No links"),
    "Media type": gettext_lazy("Media type"),
    "Example Value": gettext_lazy("Example"),
    "Schema": gettext_lazy("Schema"),
    "Controls": gettext_lazy("Controls"),
    "header.": gettext_lazy("header."),
    "Request URL": gettext_lazy("Request address"),
    "Server response": gettext_lazy("Server's answer"),
    "Details": gettext_lazy("Details"),
    "Response body": gettext_lazy("Body of the answer"),
    "Response headers": gettext_lazy("Headers of the answer"),
    "Download": gettext_lazy("Download"),
    "required": gettext_lazy("required"),
    "Filter by tag": gettext_lazy("Filter by tag"),
}


class DocsView(LoginRequiredMixin, TemplateView):
    """The schema as a page to read and to try."""

    template_name = "api/docs.html"

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        words = json.dumps({english: str(word) for english, word in DOCS_WORDS.items()})
        told = {
            "title": _("The API"),
            "schema_url": reverse("api_schema"),
            "address": "/api/v1/",
            "words": words,
        }
        return super().get_context_data(**told, **kwargs)
