"""The addresses of key projects."""

from django.urls import path

from liaisons.projects import views

urlpatterns = [
    path("projects/", views.ProjectListView.as_view(), name="project_list"),
    path("projects/new/", views.ProjectCreateView.as_view(), name="project_create"),
    path("projects/<uuid:uid>/", views.ProjectDetailView.as_view(), name="project_detail"),
    path("projects/<uuid:uid>/edit/", views.ProjectChangeView.as_view(), name="project_change"),
]
