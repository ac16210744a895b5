"""The addresses of the first page and of kept lists."""

from django.urls import path

from crm.pages import home_views, saved_views

urlpatterns = [
    path("", home_views.HomeView.as_view(), name="home"),
    path("saved-links/", saved_views.SavedLinkCreateView.as_view(), name="saved_link_create"),
    path(
        "saved-links/<int:pk>/delete/",
        saved_views.SavedLinkDeleteView.as_view(),
        name="saved_link_delete",
    ),
]
