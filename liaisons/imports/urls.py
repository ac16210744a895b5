"""The addresses of imports of enterprises."""

from django.urls import path

from liaisons.imports import batch_views, verb_views, views

urlpatterns = [
    path("imports/", views.ImportListView.as_view(), name="import_list"),
    path("imports/new/", views.ImportUploadView.as_view(), name="import_upload"),
    path("imports/<uuid:uid>/", batch_views.ImportDetailView.as_view(), name="import_detail"),
    path("imports/<uuid:uid>/columns/", batch_views.ImportMapView.as_view(), name="import_map"),
    path("imports/<uuid:uid>/commit/", verb_views.ImportCommitView.as_view(), name="import_commit"),
    path("imports/<uuid:uid>/undo/", verb_views.ImportUndoView.as_view(), name="import_undo"),
    path(
        "imports/<uuid:uid>/rows/<int:number>/",
        verb_views.ImportDecideView.as_view(),
        name="import_decide",
    ),
    path(
        "imports/<uuid:uid>/refused/",
        verb_views.ImportRefusedView.as_view(),
        name="import_refused",
    ),
]
