"""All addresses of the house: each room lists its own."""

from django.urls import include, path

handler400, handler500 = "crm.outages.bad_request", "crm.outages.failed"

urlpatterns = [
    path("", include("crm.routes")),
    path("", include("liaisons.urls")),
    path("", include("visits.urls")),
    path("api/", include("api.urls")),
]
