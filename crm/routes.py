"""The core's own pages."""

from django.urls import path

from crm.admin import site
from crm.backing import views as health
from crm.documents import views as exports
from crm.jobs import views as jobs
from crm.notices import feed_views
from crm.notices import views as notices
from crm.org import account_views, lockout_views, login_views, unit_views
from crm.org import audit_views as audit
from crm.pages import home_views, saved_views
from crm.search import views

urlpatterns = [
    path("", home_views.HomeView.as_view(), name="home"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("login/", login_views.LoginView.as_view(), name="login"),
    path("logout/", login_views.LogoutView.as_view(), name="logout"),
    path("password/", login_views.PasswordChangeView.as_view(), name="password_change"),
    path("language/", login_views.LanguageView.as_view(), name="language"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("units/", unit_views.UnitListView.as_view(), name="unit_list"),
    path("units/<str:code>/", unit_views.UnitDetailView.as_view(), name="unit_detail"),
    path("jobs/", jobs.JobListView.as_view(), name="job_list"),
    path("jobs/<uuid:uid>/", jobs.JobDetailView.as_view(), name="job_detail"),
    path("jobs/<uuid:uid>/state/", jobs.JobStateView.as_view(), name="job_state"),
    path("jobs/<uuid:uid>/file/", jobs.JobFileView.as_view(), name="job_file"),
    path("notices/", notices.NoticeListView.as_view(), name="notice_list"),
    path("notices/bell/", notices.BellView.as_view(), name="notice_bell"),
    path("notices/read/", notices.NoticesReadView.as_view(), name="notices_read"),
    path("notices/<int:pk>/", notices.NoticeOpenView.as_view(), name="notice_open"),
    path("calendar/", feed_views.FeedView.as_view(), name="calendar_feed"),
    path("calendar/<str:secret>.ics", feed_views.FeedFileView.as_view(), name="calendar_file"),
    path("exports/<slug:name>/", exports.ExportOrderView.as_view(), name="export_order"),
    path("saved-links/", saved_views.SavedLinkCreateView.as_view(), name="saved_link_create"),
    path(
        "saved-links/<int:pk>/delete/",
        saved_views.SavedLinkDeleteView.as_view(),
        name="saved_link_delete",
    ),
    path("accounts/", account_views.AccountListView.as_view(), name="account_list"),
    path("accounts/new/", account_views.AccountCreateView.as_view(), name="account_create"),
    path(
        "accounts/<str:number>/", account_views.AccountDetailView.as_view(), name="account_detail"
    ),
    path(
        "accounts/<str:number>/move/", account_views.AccountMoveView.as_view(), name="account_move"
    ),
    path(
        "accounts/<str:number>/role/", account_views.AccountRoleView.as_view(), name="account_role"
    ),
    path(
        "accounts/<str:number>/password/",
        account_views.AccountPasswordView.as_view(),
        name="account_password",
    ),
    path("accounts/<str:number>/end/", account_views.AccountEndView.as_view(), name="account_end"),
    path(
        "accounts/<str:number>/resume/",
        account_views.AccountResumeView.as_view(),
        name="account_resume",
    ),
    path("lockouts/", lockout_views.LockoutListView.as_view(), name="lockout_list"),
    path("admin/", site.urls),
    path("audit/", audit.AuditListView.as_view(), name="audit_list"),
]
