"""The addresses of visits, their photos and drafts."""

from django.urls import path

from visits.recording import form_views, panels, photo_views, views

urlpatterns = [
    path("visits/", views.VisitListView.as_view(), name="visit_list"),
    path("visits/<uuid:uid>/", views.VisitDetailView.as_view(), name="visit_detail"),
    path("visits/<uuid:uid>/edit/", form_views.VisitChangeView.as_view(), name="visit_change"),
    path(
        "visits/<uuid:uid>/withdraw/", form_views.VisitWithdrawView.as_view(), name="visit_withdraw"
    ),
    path("visits/<uuid:uid>/photos/", photo_views.VisitPhotoView.as_view(), name="visit_photos"),
    path(
        "enterprises/<uuid:uid>/visits/new/",
        form_views.VisitCreateView.as_view(),
        name="visit_create",
    ),
    path(
        "enterprises/<uuid:uid>/drafts/<uuid:draft_uid>/",
        form_views.VisitDraftView.as_view(),
        name="visit_draft",
    ),
    path(
        "enterprises/<uuid:uid>/visits/",
        panels.EnterpriseVisitsPanel.as_view(),
        name="enterprise_visits",
    ),
    path(
        "enterprises/<uuid:uid>/calls/",
        panels.EnterpriseCallsPanel.as_view(),
        name="enterprise_calls",
    ),
    path(
        "enterprises/<uuid:uid>/problems/",
        panels.EnterpriseProblemsPanel.as_view(),
        name="enterprise_problems",
    ),
    path("projects/<uuid:uid>/visits/", panels.ProjectVisitsPanel.as_view(), name="project_visits"),
    path("officers/<uuid:uid>/visits/", panels.OfficerVisitsPanel.as_view(), name="officer_visits"),
    path(
        "photos/<uuid:visit_uid>/new/", photo_views.PhotoUploadView.as_view(), name="photo_upload"
    ),
    path("photos/<uuid:uid>/state/", photo_views.PhotoStateView.as_view(), name="photo_state"),
    path("photos/<uuid:uid>/drop/", photo_views.PhotoDropView.as_view(), name="photo_drop"),
    path("photos/<uuid:uid>/<str:size>.jpg", photo_views.PhotoView.as_view(), name="photo"),
]
