"""The addresses of jobs."""

from django.urls import path

from crm.jobs import views

urlpatterns = [
    path("jobs/", views.JobListView.as_view(), name="job_list"),
    path("jobs/<uuid:uid>/", views.JobDetailView.as_view(), name="job_detail"),
    path("jobs/<uuid:uid>/state/", views.JobDetailView.as_view(), name="job_state"),
    path("jobs/<uuid:uid>/file/", views.JobFileView.as_view(), name="job_file"),
]
