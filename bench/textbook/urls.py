from django.urls import include, path
from rest_framework.routers import DefaultRouter

from bench.textbook.visits import VisitViewSet

router = DefaultRouter()
router.register("visits", VisitViewSet, basename="visit")
urlpatterns = [path("api/v1/", include(router.urls))]
