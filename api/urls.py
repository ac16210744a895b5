"""The API's addresses. A noun's prefix is its plural."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.views.assignments import AssignmentViewSet
from api.views.campaigns import CampaignViewSet
from api.views.causes import CommonCauseViewSet
from api.views.contacts import ContactViewSet
from api.views.dictionaries import (
    DivisionViewSet,
    IndustryViewSet,
    ProblemCategoryViewSet,
    ServiceItemViewSet,
    TopicViewSet,
)
from api.views.enterprises import EnterpriseViewSet
from api.views.jobs import JobViewSet
from api.views.officers import OfficerViewSet
from api.views.problems import ProblemViewSet
from api.views.projects import KeyProjectViewSet
from api.views.root import DocsView, NoSuchAddressView, ProblemTypeView, SchemaView
from api.views.tokens import TokenViewSet
from api.views.units import UnitViewSet
from api.views.visits import VisitViewSet

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
