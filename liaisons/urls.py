"""The addresses of this app."""

from django.urls import path

from liaisons.assignments import my_views, panels
from liaisons.assignments import views as assignments
from liaisons.contacts import views as contacts
from liaisons.enterprises import views as enterprises
from liaisons.imports import views as imports
from liaisons.officers import views as officers
from liaisons.projects import views as projects

urlpatterns = [
    path("my/", my_views.MyEnterprisesView.as_view(), name="my_enterprises"),
    path("enterprises/", enterprises.EnterpriseListView.as_view(), name="enterprise_list"),
    path("enterprises/new/", enterprises.EnterpriseCreateView.as_view(), name="enterprise_create"),
    path(
        "enterprises/<uuid:uid>/",
        enterprises.EnterpriseDetailView.as_view(),
        name="enterprise_detail",
    ),
    path(
        "enterprises/<uuid:uid>/edit/",
        enterprises.EnterpriseChangeView.as_view(),
        name="enterprise_change",
    ),
    path(
        "enterprises/<uuid:uid>/contacts/",
        contacts.ContactPanelView.as_view(),
        name="contact_panel",
    ),
    path(
        "enterprises/<uuid:uid>/contacts/new/",
        contacts.ContactCreateView.as_view(),
        name="contact_create",
    ),
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
    path("contacts/", contacts.ContactListView.as_view(), name="contact_list"),
    path("contacts/<uuid:uid>/edit/", contacts.ContactChangeView.as_view(), name="contact_change"),
    path(
        "contacts/<uuid:uid>/reveal/", contacts.ContactRevealView.as_view(), name="contact_reveal"
    ),
    path("imports/", imports.ImportListView.as_view(), name="import_list"),
    path("imports/new/", imports.ImportUploadView.as_view(), name="import_upload"),
    path("imports/<uuid:uid>/", imports.ImportDetailView.as_view(), name="import_detail"),
    path("imports/<uuid:uid>/columns/", imports.ImportMapView.as_view(), name="import_map"),
    path("imports/<uuid:uid>/commit/", imports.ImportCommitView.as_view(), name="import_commit"),
    path("imports/<uuid:uid>/undo/", imports.ImportUndoView.as_view(), name="import_undo"),
    path(
        "imports/<uuid:uid>/rows/<int:number>/",
        imports.ImportDecideView.as_view(),
        name="import_decide",
    ),
    path("imports/<uuid:uid>/refused/", imports.ImportRefusedView.as_view(), name="import_refused"),
    path("officers/", officers.OfficerListView.as_view(), name="officer_list"),
    path("officers/<uuid:uid>/", officers.OfficerDetailView.as_view(), name="officer_detail"),
    path(
        "officers/<uuid:uid>/enterprises/",
        panels.OfficerEnterprisesPanel.as_view(),
        name="officer_enterprises",
    ),
    path("projects/", projects.ProjectListView.as_view(), name="project_list"),
    path("projects/new/", projects.ProjectCreateView.as_view(), name="project_create"),
    path("projects/<uuid:uid>/", projects.ProjectDetailView.as_view(), name="project_detail"),
    path("projects/<uuid:uid>/edit/", projects.ProjectChangeView.as_view(), name="project_change"),
    path("assignments/", assignments.AssignmentListView.as_view(), name="assignment_list"),
    path(
        "assignments/<str:target>/<uuid:target_uid>/new/",
        assignments.AssignmentCreateView.as_view(),
        name="assignment_create",
    ),
    path(
        "assignments/<uuid:uid>/end/",
        assignments.AssignmentEndView.as_view(),
        name="assignment_end",
    ),
]
