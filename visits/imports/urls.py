"""The addresses of imports of problems."""

from django.urls import path

from visits.imports import views

urlpatterns = [
    path("problems/imports/", views.ProblemImportListView.as_view(), name="problem_import_list"),
    path("problems/imports/new/", views.ProblemUploadView.as_view(), name="problem_import_upload"),
    path(
        "problems/imports/template.xlsx",
        views.ProblemTemplateView.as_view(),
        name="problem_import_template",
    ),
    path(
        "problems/imports/<uuid:uid>/",
        views.ProblemImportDetailView.as_view(),
        name="problem_import_detail",
    ),
    path(
        "problems/imports/<uuid:uid>/commit/",
        views.ProblemImportCommitView.as_view(),
        name="problem_import_commit",
    ),
    path(
        "problems/imports/<uuid:uid>/undo/",
        views.ProblemImportUndoView.as_view(),
        name="problem_import_undo",
    ),
    path(
        "problems/imports/<uuid:uid>/refused/",
        views.ProblemImportRefusedView.as_view(),
        name="problem_import_refused",
    ),
]
