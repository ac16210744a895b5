"""All addresses: each app lists its own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import defaults

from api.core.errors import problem
from api.core.views import language_for
from crm.backing import outages
from crm.pages.generic import refused
from crm.text.characters import BadCharacters

handler500 = "crm.backing.outages.failed"

urlpatterns = [
    path("", include("crm.routes")),
    path("", include("liaisons.urls")),
    path("", include("visits.urls")),
    path("api/", include("api.urls")),
]


def handler400(request, exception) -> HttpResponse:
    """A request that cannot be read: a page with its sentence, and problem details below /api/.

    A session that could not be written for want of the database comes here as well.
    """
    if outages.is_outage(exception):
        return outages.unavailable(request, exception)
    if request.path_info.startswith("/api/"):
        return _malformed(request, exception)
    if isinstance(exception, BadCharacters):
        return refused(request, BadCharacters())
    return defaults.bad_request(request, exception)


def _malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The problem details of a request that cannot be read, in its own language."""
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", settings.LANGUAGE_CODE)
    with translation.override(language_for(asked)):
        if not isinstance(exception, BadCharacters):
            return problem("malformed", _("This request cannot be understood"))
        errors = exception.extra.get("errors", {})
        return problem("invalid" if errors else "malformed", str(exception), errors=errors)
