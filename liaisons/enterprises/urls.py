"""The addresses of enterprises."""

from django.urls import path

from liaisons.enterprises import views

urlpatterns = [
    path("enterprises/", views.EnterpriseListView.as_view(), name="enterprise_list"),
    path("enterprises/new/", views.EnterpriseCreateView.as_view(), name="enterprise_create"),
    path(
        "enterprises/<uuid:uid>/",
        views.EnterpriseDetailView.as_view(),
        name="enterprise_detail",
    ),
    path(
        "enterprises/<uuid:uid>/edit/",
        views.EnterpriseChangeView.as_view(),
        name="enterprise_change",
    ),
]
