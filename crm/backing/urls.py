"""The addresses of what watches the service."""

from django.urls import path

from crm.backing import views

urlpatterns = [
    path("health/", views.HealthView.as_view(), name="health"),
]
