"""The core's own pages. Each feature lists its own."""

from django.urls import include, path

from crm.admin import site

urlpatterns = [
    path("", include("crm.pages.urls")),
    path("", include("crm.backing.urls")),
    path("", include("crm.org.urls")),
    path("", include("crm.search.urls")),
    path("", include("crm.jobs.urls")),
    path("", include("crm.notices.urls")),
    path("", include("crm.documents.urls")),
    path("admin/", site.urls),
]
