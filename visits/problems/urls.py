"""The addresses of problems and their files."""

from django.urls import path

from visits.problems import bulk_views, file_views, form_views, step_views, views

urlpatterns = [
    path(
        "enterprises/<uuid:uid>/problems/similar/",
        form_views.SimilarProblemsView.as_view(),
        name="problem_similar",
    ),
    path(
        "enterprises/<uuid:uid>/problems/new/",
        form_views.ProblemCreateView.as_view(),
        name="problem_create",
    ),
    path("problems/", views.ProblemListView.as_view(), name="problem_list"),
    path("problems/<uuid:uid>/", views.ProblemDetailView.as_view(), name="problem_detail"),
    path(
        "problems/<uuid:uid>/edit/",
        form_views.ProblemChangeView.as_view(),
        name="problem_change",
    ),
    path("problems/<uuid:uid>/files/", file_views.ProblemFilesView.as_view(), name="problem_files"),
    path(
        "files/<uuid:form_uid>/new/",
        file_views.AttachmentUploadView.as_view(),
        name="attachment_upload",
    ),
    path("files/<uuid:uid>/", file_views.AttachmentView.as_view(), name="attachment"),
    path(
        "files/<uuid:uid>/state/",
        file_views.AttachmentStateView.as_view(),
        name="attachment_state",
    ),
    path("files/<uuid:uid>/drop/", file_views.AttachmentDropView.as_view(), name="attachment_drop"),
    path("files/<uuid:uid>/show/", file_views.AttachmentShowView.as_view(), name="attachment_show"),
    path(
        "files/<uuid:uid>/<str:size>.jpg",
        file_views.AttachmentPictureView.as_view(),
        name="attachment_picture",
    ),
    path("problems/bulk/", bulk_views.ProblemBulkView.as_view(), name="problem_bulk"),
    path("problems/due/", step_views.DueDayView.as_view(), name="problem_due"),
    path(
        "problems/<uuid:uid>/parts/<int:pk>/",
        step_views.ProblemHelpView.as_view(),
        name="problem_help",
    ),
    path(
        "problems/<uuid:uid>/steps/<slug:verb>/",
        step_views.ProblemStepView.as_view(),
        name="problem_step",
    ),
]
