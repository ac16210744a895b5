"""The API's addresses. A noun's prefix is its plural."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.assignments.views import AssignmentViewSet
from api.campaigns.views import CampaignViewSet
from api.causes.views import CommonCauseViewSet
from api.contacts.views import ContactViewSet
from api.core.root_views import DocsView, NoSuchAddressView, ProblemTypeView, SchemaView
from api.dictionaries.views import (
    DivisionViewSet,
    IndustryViewSet,
    ProblemCategoryViewSet,
    ServiceItemViewSet,
    TopicViewSet,
)
from api.enterprises.views import EnterpriseViewSet
from api.jobs.views import JobViewSet
from api.officers.views import OfficerViewSet
from api.problems.views import ProblemViewSet
from api.projects.views import KeyProjectViewSet
from api.tokens.views import TokenViewSet
from api.units.views import UnitViewSet
from api.visits.views import VisitViewSet

NOUNS = {
    "units": UnitViewSet,
    "officers": OfficerViewSet,
    "enterprises": EnterpriseViewSet,
    "contacts": ContactViewSet,
    "key-projects": KeyProjectViewSet,
    "assignments": AssignmentViewSet,
    "visits": VisitViewSet,
    "problems": ProblemViewSet,
    "common-causes": CommonCauseViewSet,
    "campaigns": CampaignViewSet,
    "jobs": JobViewSet,
    "tokens": TokenViewSet,
    "dictionaries/topics": TopicViewSet,
    "dictionaries/services": ServiceItemViewSet,
    "dictionaries/problem-categories": ProblemCategoryViewSet,
    "dictionaries/divisions": DivisionViewSet,
    "dictionaries/industries": IndustryViewSet,
}

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
