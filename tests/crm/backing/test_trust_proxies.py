"""Who asks is known behind a proxy: from a trusted one by what it says, from anybody else by the
address itself.
"""

import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from crm.backing.proxies import TrustedProxyMiddleware, address_of, networks
from crm.models import AuditEvent, LoginTry

pytestmark = pytest.mark.django_db

PROXY, CLIENT = "10.0.0.1", "203.0.113.9"


#: One for all: making another loads every middleware anew.
_browser = Client()


def ask(method, address, data=None, **meta):
    _browser.cookies.clear()
    return getattr(_browser, method)(address, data, **meta)


def seen(settings, trusted, peer, forwarded=None):
    """The address under which a login is written down."""
    settings.TRUSTED_PROXIES = networks(trusted)
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    ask(
        "post",
        reverse("login"),
        {"username": "0100001", "password": "Wrong-pass-2026"},
        REMOTE_ADDR=peer,
        **headers,
    )
    tried = LoginTry.objects.latest("pk")
    assert AuditEvent.objects.latest("pk").address == tried.address
    LoginTry.objects.all().delete()
    return tried.address


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        ("", PROXY, CLIENT, PROXY),
        ("10.0.0.2", PROXY, CLIENT, PROXY),
        (PROXY, PROXY, CLIENT, CLIENT),
        ("10.0.0.0/8", PROXY, f"1.1.1.1, {CLIENT}", CLIENT),
        ("10.0.0.0/8", PROXY, f"1.1.1.1, {CLIENT}, 10.0.0.7", CLIENT),
        ("10.0.0.0/8, ::1", PROXY, "10.0.0.9, 10.0.0.7", "10.0.0.9"),
        (PROXY, PROXY, None, PROXY),
        (PROXY, PROXY, "", PROXY),
        (PROXY, PROXY, "unknown", PROXY),
        (PROXY, PROXY, f"{CLIENT}, <script>", PROXY),
        (PROXY, PROXY, f"garbage, {CLIENT}:50123", CLIENT),
        ("::1", "::1", "[2001:DB8::5]:443", "2001:db8::5"),
        ("::1", "::1", "2001:db8::5%eth0", "2001:db8::5"),
        (PROXY, f"::ffff:{PROXY}", CLIENT, CLIENT),
        ("unix", "", CLIENT, CLIENT),
        ("unix", "not-an-address", CLIENT, ""),
        ("10.0.0.1", "", CLIENT, ""),
    ],
)
def test_the_rightmost_address_that_is_no_trusted_proxys_counts(
    cast, settings, trusted, peer, forwarded, address
):
    assert seen(settings, trusted, peer, forwarded) == address


def test_a_line_of_forty_thousand_addresses_is_read_from_the_right(cast, settings):
    assert seen(settings, PROXY, PROXY, "1.1.1.1," * 40_000 + CLIENT) == CLIENT
    assert seen(settings, "0.0.0.0/0", PROXY, "1.1.1.1," * 40_000 + CLIENT) == "1.1.1.1"


@pytest.mark.parametrize(("trusted", "secure"), [("", False), (PROXY, True)])
def test_only_a_trusted_proxy_says_that_the_connection_was_secure(cast, settings, trusted, secure):
    settings.TRUSTED_PROXIES = networks(trusted)
    answer = ask("get", reverse("login"), REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_PROTO="https")
    assert answer.wsgi_request.is_secure() is secure


def test_limits_are_counted_behind_a_trusted_proxy_by_the_real_address(cast, settings, clock):
    clock(cast.today.isoformat())  # within one minute, however slow the machine
    settings.TRUSTED_PROXIES = networks(PROXY)
    for _turn in range(31):
        answer = ask("get", reverse("verify"), REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT)
    other = ask("get", reverse("verify"), REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR="203.0.113.10")
    assert (answer.status_code, other.status_code) == (429, 200)


def test_headers_of_a_proxy_that_nobody_named_are_told_of_once(cast, settings, caplog, monkeypatch):
    monkeypatch.setattr(TrustedProxyMiddleware, "warned", False)
    with caplog.at_level(logging.WARNING, logger="crm.backing.proxies"):
        for _turn in range(2):
            ask("get", reverse("login"), REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT)
    assert [
        PROXY in record.getMessage() and "CRM_TRUSTED_PROXIES" in record.getMessage()
        for record in caplog.records
    ] == [True]


def test_a_setting_that_is_no_address_is_a_sentence():
    with pytest.raises(ImproperlyConfigured, match="CRM_TRUSTED_PROXIES: “nginx”"):
        networks("10.0.0.1, nginx")


@pytest.mark.parametrize("text", ["", " ", "1.2.3", "a:b", "1.2.3.4.5:80", "\0", "١.١.١.١"])
def test_what_is_no_address_is_none(text):
    assert address_of(text) is None
