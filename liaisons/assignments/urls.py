"""The addresses of assignments."""

from django.urls import path

from liaisons.assignments import my_views, panels, views

urlpatterns = [
    path("my/", my_views.MyEnterprisesView.as_view(), name="my_enterprises"),
    path(
        "enterprises/<uuid:uid>/projects/",
        panels.EnterpriseProjectsPanel.as_view(),
        name="enterprise_projects",
    ),
    path(
        "enterprises/<uuid:uid>/assignments/",
        panels.EnterpriseAssignmentsPanel.as_view(),
        name="enterprise_assignments",
    ),
    path(
        "officers/<uuid:uid>/enterprises/",
        panels.OfficerEnterprisesPanel.as_view(),
        name="officer_enterprises",
    ),
    path("assignments/", views.AssignmentListView.as_view(), name="assignment_list"),
    path(
        "assignments/<str:target>/<uuid:target_uid>/new/",
        views.AssignmentCreateView.as_view(),
        name="assignment_create",
    ),
    path(
        "assignments/<uuid:uid>/end/",
        views.AssignmentEndView.as_view(),
        name="assignment_end",
    ),
]
