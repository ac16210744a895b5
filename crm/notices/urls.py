"""The addresses of notices and the calendar."""

from django.urls import path

from crm.notices import feed_views, views

urlpatterns = [
    path("notices/", views.NoticeListView.as_view(), name="notice_list"),
    path("notices/bell/", views.BellView.as_view(), name="notice_bell"),
    path("notices/read/", views.NoticesReadView.as_view(), name="notices_read"),
    path("notices/<int:pk>/", views.NoticeOpenView.as_view(), name="notice_open"),
    path("calendar/", feed_views.FeedView.as_view(), name="calendar_feed"),
    path("calendar/<str:secret>.ics", feed_views.FeedFileView.as_view(), name="calendar_file"),
]
