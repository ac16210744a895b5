"""The addresses of officers."""

from django.urls import path

from liaisons.officers import views

urlpatterns = [
    path("officers/", views.OfficerListView.as_view(), name="officer_list"),
    path("officers/<uuid:uid>/", views.OfficerDetailView.as_view(), name="officer_detail"),
]
