"""The addresses of this app. Each feature lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("liaisons.assignments.urls")),
    path("", include("liaisons.enterprises.urls")),
    path("", include("liaisons.contacts.urls")),
    path("", include("liaisons.imports.urls")),
    path("", include("liaisons.officers.urls")),
    path("", include("liaisons.projects.urls")),
]
