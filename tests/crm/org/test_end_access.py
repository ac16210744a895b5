"""Ended is ended: what changes what an account may open ends all that was opened with it, and
nothing revives it.
"""

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from django.urls import reverse

from api.models import ApiToken
from api.tokens.services import token_issue
from crm.jobs.performing import perform_job
from crm.jobs.queue import job_kind, order_job
from crm.models import AuditEvent, CalendarFeed, User
from crm.notices.feeds import feed_of, feed_renew
from crm.org import accounts
from crm.org.access import AccessEnded
from tests.crm.org.test_log_in import log_in

pytestmark = pytest.mark.django_db

#: Each way that changes what an account may open, as the pages do it.
WAYS = {
    "end": lambda cast: accounts.account_end(user=fresh(cast.li), by=cast.system_admin),
    "resume": lambda cast: accounts.account_resume(user=fresh(cast.li), by=cast.system_admin),
    "role": lambda cast: accounts.account_role(
        user=fresh(cast.li), role="station_head", by=cast.security_admin
    ),
    "move": lambda cast: accounts.account_move(
        user=fresh(cast.li), unit=cast.nanmen, day=cast.today, by=cast.system_admin
    ),
    "password": lambda cast: accounts.account_password(user=fresh(cast.li), by=cast.system_admin),
}


def fresh(user):
    return User.objects.select_related("unit").get(pk=user.pk)


def opened(cast):
    """``(browser, program, calendar's secret)`` of 小李, each of which opens something."""
    browser = Client()
    assert log_in(browser, cast.li.police_number, cast.password).status_code == 302
    _row, token = token_issue(name="大屏", days=7, by=fresh(cast.li))
    return (
        browser,
        Client(headers={"authorization": f"Bearer {token}"}),
        feed_renew(by=fresh(cast.li)),
    )


def is_open(browser, program, secret):
    return (
        browser.get(reverse("job_list")).status_code == 200,
        program.get("/api/v1/visits/").status_code == 200,
        feed_of(secret) is not None,
    )


@pytest.mark.parametrize("way", WAYS)
def test_each_way_ends_sessions_tokens_and_the_calendar_for_good(cast, way):
    given = opened(cast)
    assert is_open(*given) == (True, True, True)
    WAYS[way](cast)
    assert is_open(*given) == (False, False, False)
    for again in ("end", "resume"):
        WAYS[again](cast)
    User.objects.filter(pk=cast.li.pk).update(
        role="officer", unit=cast.wuma, password=cast.li.password
    )
    assert is_open(*given) == (False, False, False)
    assert ApiToken.objects.get().revoked_at is not None and not CalendarFeed.objects.exists()
    reasons = AuditEvent.objects.filter(verb__in=("token.revoke", "feed.revoke")).values_list(
        "detail__reason", flat=True
    )
    assert len(set(reasons)) == 1 and len(reasons) == 2


def test_a_session_that_sleeps_through_the_end_is_not_revived(cast):
    """Nobody asks between end and resumption: the session's row is still there when the account is
    open again.
    """
    given = opened(cast)
    WAYS["end"](cast)
    WAYS["resume"](cast)
    assert is_open(*given) == (False, False, False)
    assert log_in(Client(), cast.li.police_number, cast.password).status_code == 302


def test_ones_own_new_password_leaves_only_the_present_session(cast):
    given, here = opened(cast), Client()
    log_in(here, cast.li.police_number, cast.password)
    sent = {
        "old_password": cast.password,
        "new_password1": "Better-pass-77",
        "new_password2": "Better-pass-77",
    }
    assert here.post(reverse("password_change"), sent).status_code == 302
    assert is_open(*given) == (False, False, False)
    assert here.get(reverse("job_list")).status_code == 200
    assert fresh(cast.li).password_changed_at > cast.li.password_changed_at


def test_what_was_asked_for_before_the_end_is_not_given_after_it(cast):
    """A login, a token, a calendar address and a new password whose requests read the account
    before it was ended.
    """
    read = fresh(cast.li)
    late = Client()
    WAYS["end"](cast)
    WAYS["resume"](cast)
    late.force_login(read, backend="crm.auth.AccountBackend")
    assert late.get(reverse("job_list")).status_code == 302
    for give in (
        lambda: token_issue(name="x", days=1, by=read),
        lambda: feed_renew(by=read),
        lambda: accounts.account_own_password(user=fresh_copy(read), password="Better-pass-77"),
    ):
        with pytest.raises(AccessEnded):
            give()
    assert not ApiToken.objects.exists() and not CalendarFeed.objects.exists()
    assert fresh(cast.li).password == cast.li.password


def fresh_copy(user):
    return User(
        **{field.attname: getattr(user, field.attname) for field in User._meta.concrete_fields}
    )


def test_a_hash_renewed_at_login_does_not_write_over_a_password_given_meanwhile(cast, settings):
    """The hasher of the day differs from the one of the stored hash: Django writes the hash anew at
    the next login.
    """
    read = fresh(cast.li)
    read.password = make_password(cast.password, hasher="default")
    User.objects.filter(pk=read.pk).update(password=read.password)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    WAYS["password"](cast)
    given = fresh(cast.li).password
    assert read.check_password(cast.password) and fresh(cast.li).password == given
    User.objects.filter(pk=read.pk).update(password=cast.li.password)
    assert (
        authenticate(
            RequestFactory().post("/"), username=read.police_number, password=cast.password
        )
        is not None
    )
    assert fresh(cast.li).password.startswith("scrypt$")


def test_a_job_of_an_ended_account_is_not_done(cast):
    done = []
    kind = "test-ended"
    job_kind(kind)(lambda job: done.append(job.pk))
    job, other = (order_job(kind, by=user, title="x") for user in (cast.li, cast.zhang))
    WAYS["end"](cast)
    for ordered in (job, other):
        perform_job(ordered.pk)
        ordered.refresh_from_db()
    assert (
        done == [other.pk]
        and (job.state, other.state) == ("failed", "done")
        and "停用" in job.message
    )


@pytest.mark.control
def test_control_without_the_number_the_old_session_comes_back(cast, monkeypatch):
    monkeypatch.setattr(User, "_get_session_auth_hash", lambda user, secret=None: user.password)
    given = opened(cast)
    WAYS["end"](cast)
    WAYS["resume"](cast)
    assert is_open(*given) == (True, False, False)


def test_tokens_that_outlived_a_change_before_the_upgrade_are_revoked_by_it(cast):
    revoke = __import__("api.migrations.0002_token_epoch", fromlist=["x"]).revoke_what_outlived
    kept, _token = token_issue(name="kept", days=7, by=fresh(cast.zhang))
    outlived, _token = token_issue(name="x", days=7, by=fresh(cast.li))
    AuditEvent.objects.create(verb="account.role", noun="user", object_uid=str(cast.li.pk))
    AuditEvent.objects.create(verb="account.login", noun="user", object_uid=str(cast.zhang.pk))
    revoke(apps, None)
    assert list(ApiToken.objects.filter(revoked_at__isnull=True)) == [kept] and kept != outlived
