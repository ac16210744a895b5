"""The addresses of the dashboard."""

from django.urls import path

from visits.reporting import views

urlpatterns = [
    path("dashboard/", views.DashboardView.as_view(), name="dashboard"),
]
