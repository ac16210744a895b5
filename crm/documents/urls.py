"""The addresses of exports."""

from django.urls import path

from crm.documents import views

urlpatterns = [
    path("exports/<slug:name>/", views.ExportOrderView.as_view(), name="export_order"),
]
