"""The addresses of accounts, units and the audit log."""

from django.urls import path

from crm.org import account_views, audit_views, lockout_views, login_views, unit_views

urlpatterns = [
    path("login/", login_views.LoginView.as_view(), name="login"),
    path("logout/", login_views.LogoutView.as_view(), name="logout"),
    path("password/", login_views.PasswordChangeView.as_view(), name="password_change"),
    path("language/", login_views.LanguageView.as_view(), name="language"),
    path("units/", unit_views.UnitListView.as_view(), name="unit_list"),
    path("units/<str:code>/", unit_views.UnitDetailView.as_view(), name="unit_detail"),
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
    path("audit/", audit_views.AuditListView.as_view(), name="audit_list"),
]
