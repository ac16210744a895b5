"""Logging in and out, the password, the language."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.middleware import LANGUAGE_COOKIE
from crm.org.access import AccessEnded
from crm.org.accounts import account_own_password
from crm.org.devices import remember_device
from crm.org.lockouts import HERE, WINDOW, limit_sentence
from crm.pages.generic import refused
from crm.writing.audit import audit

YEAR = 365 * 24 * 3600  # seconds


class LoginForm(AuthenticationForm):
    """Police number and password; one sentence for every reason why they do not fit."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "Police number and password do not fit together. After five failures the account is locked here for a quarter of an hour."
        ),
        "inactive": gettext_lazy("Police number and password do not fit together."),
    }


class LoginView(auth_views.LoginView):
    """The one login page."""

    template_name = "account/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(idle=self.request.session.pop("idle", False), **kwargs)

    def form_valid(self, form) -> HttpResponse:
        answer = super().form_valid(form)
        audit("account.login", by=self.request.user)
        remember_device(self.request, answer, self.request.user)
        return answer

    def form_invalid(self, form) -> HttpResponse:
        """The form again, or the page of the limit that was met.

        An attempt that was not made is no failed login.
        """
        limit = getattr(self.request, "login_limit", "")
        if not limit or limit == HERE:
            audit("account.login", ok=False, actor_name=form.data.get("username", "")[:80])
        if limit:
            answer = render(
                self.request, "account/locked.html", {"sentence": limit_sentence(limit)}, status=429
            )
            answer.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
            return answer
        return super().form_invalid(form)


class LogoutView(auth_views.LogoutView):
    def post(self, request, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            audit("account.logout", by=request.user)
        return super().post(request, *args, **kwargs)


class PasswordForm(PasswordChangeForm):
    """The old password and, twice, another one."""

    def clean_new_password1(self) -> Any:
        chosen = self.cleaned_data["new_password1"]
        if self.user.check_password(chosen):
            raise ValidationError(
                gettext_lazy("This is your password already. Choose another one."), code="same"
            )
        return chosen


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form) -> HttpResponse | HttpResponseRedirect:
        user = form.user
        try:
            account_own_password(user=user, password=form.cleaned_data["new_password1"])
        except AccessEnded as ended:
            return refused(self.request, ended)
        update_session_auth_hash(self.request, user)
        messages.success(
            self.request,
            _(
                "The password is changed. Other devices, API tokens and the calendar address are logged out."
            ),
        )
        answer = HttpResponseRedirect(self.success_url)
        remember_device(self.request, answer, user)
        return answer


class LanguageView(View):
    """Switch the language; kept in a cookie for a year."""

    def post(self, request) -> HttpResponseRedirect:
        back = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
        if not url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            back = "/"
        answer = HttpResponseRedirect(back)
        language = request.POST.get("language")
        if language in dict(settings.LANGUAGES):
            about = {"max_age": YEAR, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
            answer.set_cookie(LANGUAGE_COOKIE, language, **about)
        return answer
