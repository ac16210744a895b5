"""The ground's own pages."""

from django.urls import path

from crm.views import account, audit, exports, home, jobs, saved, search, units

urlpatterns = [
    path("", home.HomeView.as_view(), name="home"),
    path("login/", account.LoginView.as_view(), name="login"),
    path("logout/", account.LogoutView.as_view(), name="logout"),
    path("password/", account.PasswordChangeView.as_view(), name="password_change"),
    path("language/", account.LanguageView.as_view(), name="language"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("units/", units.UnitListView.as_view(), name="unit_list"),
    path("units/<str:code>/", units.UnitDetailView.as_view(), name="unit_detail"),
    path("jobs/", jobs.JobListView.as_view(), name="job_list"),
    path("jobs/<uuid:uid>/", jobs.JobDetailView.as_view(), name="job_detail"),
    path("jobs/<uuid:uid>/state/", jobs.JobStateView.as_view(), name="job_state"),
    path("jobs/<uuid:uid>/file/", jobs.JobFileView.as_view(), name="job_file"),
    path("exports/<slug:name>/", exports.ExportOrderView.as_view(), name="export_order"),
    path("saved-links/", saved.SavedLinkCreateView.as_view(), name="saved_link_create"),
    path("saved-links/<int:pk>/delete/", saved.SavedLinkDeleteView.as_view(), name="saved_link_delete"),
    path("audit/", audit.AuditListView.as_view(), name="audit_list"),
]
