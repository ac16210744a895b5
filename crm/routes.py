"""The ground's own pages."""

from django.urls import path

from crm.admin import site
from crm.views import (
    account,
    accounts,
    audit,
    exports,
    feeds,
    home,
    jobs,
    lockouts,
    notices,
    saved,
    search,
    units,
)

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
    path("notices/", notices.NoticeListView.as_view(), name="notice_list"),
    path("notices/bell/", notices.BellView.as_view(), name="notice_bell"),
    path("notices/read/", notices.NoticesReadView.as_view(), name="notices_read"),
    path("notices/<int:pk>/", notices.NoticeOpenView.as_view(), name="notice_open"),
    path("calendar/", feeds.FeedView.as_view(), name="calendar_feed"),
    path("calendar/<str:secret>.ics", feeds.FeedFileView.as_view(), name="calendar_file"),
    path("exports/<slug:name>/", exports.ExportOrderView.as_view(), name="export_order"),
    path("saved-links/", saved.SavedLinkCreateView.as_view(), name="saved_link_create"),
    path("saved-links/<int:pk>/delete/", saved.SavedLinkDeleteView.as_view(), name="saved_link_delete"),
    path("accounts/", accounts.AccountListView.as_view(), name="account_list"),
    path("accounts/new/", accounts.AccountCreateView.as_view(), name="account_create"),
    path("accounts/<str:number>/", accounts.AccountDetailView.as_view(), name="account_detail"),
    path("accounts/<str:number>/move/", accounts.AccountMoveView.as_view(), name="account_move"),
    path("accounts/<str:number>/role/", accounts.AccountRoleView.as_view(), name="account_role"),
    path("accounts/<str:number>/password/", accounts.AccountPasswordView.as_view(), name="account_password"),
    path("accounts/<str:number>/end/", accounts.AccountEndView.as_view(), name="account_end"),
    path("accounts/<str:number>/resume/", accounts.AccountResumeView.as_view(), name="account_resume"),
    path("lockouts/", lockouts.LockoutListView.as_view(), name="lockout_list"),
    path("admin/", site.urls),
    path("audit/", audit.AuditListView.as_view(), name="audit_list"),
]
