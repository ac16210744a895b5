"""The addresses of visit summaries, and of the door where they are verified."""

from django.urls import path

from visits.summaries import verify_views, views

urlpatterns = [
    path("summaries/", views.SummaryListView.as_view(), name="summary_list"),
    path("summaries/new/", views.SummaryOrderView.as_view(), name="summary_order"),
    path("v/", verify_views.VerifyView.as_view(), name="verify"),
    path("v/<str:number>", verify_views.VerifyView.as_view(), name="verify_number"),
]
