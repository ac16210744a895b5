"""What happens around every request."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from crm.writing import context

LANGUAGE_COOKIE = "language"


class LanguageMiddleware:
    """Chinese unless the person chose English with the switch.

    The browser's own preference is not asked.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class IdleLogoutMiddleware:
    """End a session that was not used for settings.IDLE_LOGOUT_SECONDS.

    Noted at most once a minute.

    What pages ask by themselves is no use: the bell would keep the session of an empty chair open
    for ever.
    """

    by_themselves = ("notice_bell",)

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "_auth_user_id" in request.session:
            now, seen = int(time.time()), request.session.get("seen", 0)
            if seen and now - seen > settings.IDLE_LOGOUT_SECONDS:
                logout(request)
                request.session["idle"] = True
            elif not seen or (now - seen >= 60 and not self.asked_by_itself(request)):
                request.session["seen"] = now
        return self.get_response(request)

    def asked_by_itself(self, request) -> bool:
        return any(request.path_info == reverse(name) for name in self.by_themselves)


class FirstPasswordMiddleware:
    """Lead whoever still has a first password to the page where one chooses one's own.

    Nothing else is open to them.
    """

    open_to_them = {"login", "logout", "password_change", "language"}

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        """The way to the page, or None for what is open.

        A program's request is refused by its own authentication.
        """
        is_program = hasattr(view, "cls")
        if not request.user.is_authenticated or not request.user.has_first_password or is_program:
            return None
        if request.resolver_match.url_name in self.open_to_them:
            return None
        target = reverse("password_change")
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)


class NotAPageMiddleware:
    """Tell whoever opens an address that is only a button's so on a page.

    Django answers such a request with nothing.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page


class RequestContextMiddleware:
    """Keep the request's address and identifier where the audit finds them."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        token = context.current.set(
            context.RequestContext(request.META.get("REMOTE_ADDR", ""), str(uuid.uuid4()))
        )
        try:
            return self.get_response(request)
        finally:
            context.current.reset(token)


class SecurityHeadersMiddleware:
    """Our pages load nothing from elsewhere, run no inline script, and are framed by nobody."""

    policy = "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request) -> Any:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("X-Frame-Options", "DENY")
        if getattr(request, "user", None) is not None and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = (
                "no-store" if "text/html" in response.get("Content-Type", "") else "private"
            )
        return response
