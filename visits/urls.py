"""The addresses of this app. Each feature lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("visits.reporting.urls")),
    path("", include("visits.recording.urls")),
    path("", include("visits.problems.urls")),
    path("", include("visits.summaries.urls")),
    path("", include("visits.portal.urls")),
    path("", include("visits.causes.urls")),
    path("", include("visits.imports.urls")),
    path("", include("visits.ledgers.urls")),
]
