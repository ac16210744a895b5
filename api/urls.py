"""The API's addresses. A noun's prefix is its plural."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.core.nouns import nouns
from api.core.root_views import DocsView, NoSuchAddressView, ProblemTypeView, SchemaView

#: Prefix → viewset.
NOUNS = {noun.prefix: noun.viewset for noun in nouns}

router = SimpleRouter(use_regex_path=False)
for prefix, viewset in NOUNS.items():
    router.register(prefix, viewset, basename=f"api_{prefix.replace('/', '_').replace('-', '_')}")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/schema/", SchemaView.as_view(), name="api_schema"),
    path("v1/docs/", DocsView.as_view(), name="api_docs"),
    path("v1/problem-types/<slug:code>/", ProblemTypeView.as_view(), name="api_problem_type"),
    path("", NoSuchAddressView.as_view(), name="no_such_address"),
    path("<path:rest>", NoSuchAddressView.as_view(), name="no_such_address"),
]
