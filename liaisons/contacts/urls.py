"""The addresses of contacts."""

from django.urls import path

from liaisons.contacts import views

urlpatterns = [
    path(
        "enterprises/<uuid:uid>/contacts/",
        views.ContactPanelView.as_view(),
        name="contact_panel",
    ),
    path(
        "enterprises/<uuid:uid>/contacts/new/",
        views.ContactCreateView.as_view(),
        name="contact_create",
    ),
    path("contacts/", views.ContactListView.as_view(), name="contact_list"),
    path("contacts/<uuid:uid>/edit/", views.ContactChangeView.as_view(), name="contact_change"),
    path("contacts/<uuid:uid>/reveal/", views.ContactRevealView.as_view(), name="contact_reveal"),
]
