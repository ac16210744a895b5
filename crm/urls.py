"""All addresses: each app lists its own."""

from typing import Any

from django.conf import settings
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


def handler400(request, exception) -> Any:
    """A request that cannot be read: a page with its sentence, and problem details below /api/.

    A session that could not be written for want of the database comes here as well.
    """
    if outages.is_outage(exception):
        return outages.unavailable(request, exception)
    known = isinstance(exception, BadCharacters)
    if not request.path_info.startswith("/api/"):
        return (
            refused(request, BadCharacters()) if known else defaults.bad_request(request, exception)
        )
    with translation.override(
        language_for(request.META.get("HTTP_ACCEPT_LANGUAGE", settings.LANGUAGE_CODE))
    ):
        if not known:
            return problem("malformed", _("This request cannot be understood"))
        errors = exception.extra.get("errors", {})
        return problem("invalid" if errors else "malformed", str(exception), errors=errors)
