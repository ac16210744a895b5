"""The addresses of ledgers."""

from django.urls import path

from visits.ledgers import views

urlpatterns = [
    path("problems/ledger/", views.LedgerView.as_view(), name="problem_ledger"),
]
