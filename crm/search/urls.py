"""The addresses of the search."""

from django.urls import path

from crm.search import views

urlpatterns = [
    path("search/", views.SearchView.as_view(), name="search"),
]
