"""Logging in and out: one sentence for every failure, lockout and its release, idle logout, the
language.
"""

import time

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from crm.models import AuditEvent, LoginTry

pytestmark = pytest.mark.django_db


def log_in(client, number, password, **more):
    return client.post(reverse("login"), {"username": number, "password": password, **more})


def fail(client, number, times=5):
    for _attempt in range(times):
        answer = log_in(client, number, "Wrong-pass-2026")
    return answer


def logged_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_opens_the_first_page(cast, client):
    answer = log_in(client, cast.li.police_number, cast.password)
    assert answer.status_code == 302 and answer["Location"] == "/" and logged_in(client)
    event = AuditEvent.objects.get()
    assert (event.verb, event.ok, event.actor, event.address) == (
        "account.login",
        True,
        cast.li,
        "127.0.0.1",
    )


@pytest.mark.parametrize(
    "person",
    [
        "li",
        "head",
        "county_manager",
        "city_manager",
        "system_admin",
        "security_admin",
        "audit_admin",
    ],
)
def test_everybody_has_a_first_page(cast, as_user, person):
    answer = as_user(getattr(cast, person)).get("/", follow=True)
    assert answer.status_code == 200 and answer.redirect_chain


@pytest.mark.parametrize(
    ("person", "searches"),
    [("li", True), ("system_admin", True), ("security_admin", False), ("audit_admin", False)],
)
def test_who_can_find_nothing_gets_no_search_box(cast, as_user, person, searches):
    assert (
        'id="search-box"' in as_user(getattr(cast, person)).get("/", follow=True).content.decode()
    ) == searches


def test_every_failure_is_one_sentence_and_is_written_down_without_the_password(cast, client):
    sentences = set()
    for number, password in (
        ("0100001", "Wrong-pass-2026"),
        ("9999999", cast.password),
        (cast.zhao.police_number, cast.password),
    ):
        answer = log_in(client, number, password)
        assert answer.status_code == 200 and not logged_in(client)
        sentences.add(str(answer.context["form"].non_field_errors()[0]))
    assert len(sentences) == 1 and "警号" in sentences.pop()
    assert list(AuditEvent.objects.order_by("pk").values_list("actor_name", flat=True)) == [
        "0100001",
        "9999999",
        "0100006",
    ]
    kept = str(list(AuditEvent.objects.values())) + str(list(LoginTry.objects.values()))
    assert "Wrong-pass-2026" not in kept and cast.password not in kept


def test_after_five_failures_the_right_password_is_refused_too(cast, client):
    answer = fail(client, "0100001")
    assert (
        answer.status_code == 429
        and "锁定" in answer.content.decode()
        and "安全管理员" in answer.content.decode()
    )
    assert [event.actor_name for event in AuditEvent.objects.filter(verb="account.locked")] == [
        "0100001"
    ]
    assert (
        log_in(Client(headers={"user-agent": "another"}), "0100001", cast.password).status_code
        == 429
    )
    assert log_in(Client(), " 0100001 ", cast.password).status_code == 429
    assert AuditEvent.objects.filter(verb="account.locked", ok=False).exists()


def test_a_lock_holds_for_one_account_and_not_for_a_whole_station(cast, client):
    fail(client, "0100001")
    assert log_in(Client(), "0100002", cast.password).status_code == 302


def test_failures_are_forgotten_after_a_success(cast, client):
    fail(client, "0100001", 4)
    assert log_in(client, "0100001", cast.password).status_code == 302
    client.post(reverse("logout"))
    assert fail(client, "0100001", 4).status_code == 200


def test_the_security_administrator_releases_a_locked_account(cast, client, as_user):
    fail(client, "0100001")
    security = as_user(cast.security_admin)
    assert "小李" in security.get(reverse("lockout_list")).content.decode()
    assert security.post(reverse("lockout_list"), {"police_number": "0100001"}).status_code == 302
    assert log_in(Client(), "0100001", cast.password).status_code == 302
    assert "小李" not in security.get(reverse("lockout_list")).content.decode()
    assert security.post(reverse("lockout_list"), {"police_number": "0100001"}).status_code in {
        302,
        409,
    }
    assert AuditEvent.objects.get(
        verb="account.release", actor=cast.security_admin
    ).object_uid == str(cast.li.pk)


@pytest.mark.parametrize("person", ["li", "city_manager", "system_admin", "audit_admin"])
def test_nobody_else_releases_accounts(cast, client, as_user, person):
    fail(client, "0100002")
    other = as_user(getattr(cast, person))
    assert other.get(reverse("lockout_list")).status_code == 403
    assert other.post(reverse("lockout_list"), {"police_number": "0100002"}).status_code == 403
    assert log_in(Client(), "0100002", cast.password).status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
    ],
)
def test_after_logging_in_one_stays_in_this_house(cast, client, target):
    assert log_in(client, "0100001", cast.password, next=target)["Location"] == "/"


def test_after_logging_in_one_gets_the_page_one_asked_for(cast, client):
    asked = client.get(reverse("enterprise_list"))
    assert asked["Location"] == f"/login/?next={reverse('enterprise_list')}"
    assert log_in(client, "0100001", cast.password, next=reverse("enterprise_list"))[
        "Location"
    ] == reverse("enterprise_list")


def test_the_session_gets_another_key_at_login(cast, client):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    log_in(client, "0100001", cast.password)
    assert client.session.session_key != before
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_an_unused_session_ends(cast, as_user, settings):
    client = as_user(cast.li)
    assert client.get(reverse("job_list")).status_code == 200
    session = client.session
    session["seen"] = int(time.time()) - settings.IDLE_LOGOUT_SECONDS - 1
    session.save()
    answer = client.get(reverse("job_list"), follow=True)
    assert answer.redirect_chain and not logged_in(client)
    assert "长时间" in answer.content.decode() or "未操作" in answer.content.decode()


def test_a_used_session_goes_on(cast, as_user, settings):
    client = as_user(cast.li)
    client.get(reverse("job_list"))
    session = client.session
    session["seen"] = int(time.time()) - settings.IDLE_LOGOUT_SECONDS + 5
    session.save()
    assert client.get(reverse("job_list")).status_code == 200
    assert client.session["seen"] >= int(time.time()) - 5


def test_logging_out_needs_a_post_and_is_written_down(cast, as_user):
    client = as_user(cast.li)
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert (
        not logged_in(client)
        and AuditEvent.objects.filter(verb="account.logout", actor=cast.li).exists()
    )


@pytest.mark.parametrize(
    "password",
    [
        "Short-1",
        "alllowercaseletters",
        "Password123",
        "Li-0100001",
        "ABCDEFGH1234",
        "0100001abcDEF!",
    ],
)
def test_weak_passwords_are_refused(cast, password):
    with pytest.raises(ValidationError):
        validate_password(password, cast.li)


def test_the_sentences_of_the_password_rules_are_chinese(cast, as_user):
    client = as_user(cast.li)
    for chosen, word in (
        ("abc", "至少需要10个字符"),
        ("0100001", "过于相似"),
        ("abcDEF!0100001-further-words", "过于相似"),
        (cast.password, "不能与当前密码相同"),
    ):
        sent = {"old_password": cast.password, "new_password1": chosen, "new_password2": chosen}
        assert word in client.post(reverse("password_change"), sent).content.decode()
    assert log_in(Client(), "0100001", cast.password).status_code == 302


def test_the_rules_of_the_password_read_as_rules(cast, as_user):
    page = as_user(cast.li).get(reverse("password_change")).content.decode()
    assert (
        "密码不得与姓名、警号或邮箱过于相似。" in page
        and "密码不得为常见密码。" in page
        and "你" not in page
    )
    wrong = {
        "old_password": "x",
        "new_password1": "Better-pass-77",
        "new_password2": "Better-pass-77",
    }
    assert (
        "原密码不正确，请重新输入。"
        in as_user(cast.li).post(reverse("password_change"), wrong).content.decode()
    )


def test_one_changes_ones_own_password_and_stays_logged_in(cast, as_user):
    client = as_user(cast.li)
    wrong = {
        "old_password": "x",
        "new_password1": "Better-pass-77",
        "new_password2": "Better-pass-77",
    }
    assert client.post(reverse("password_change"), wrong).status_code == 200
    assert (
        client.post(reverse("password_change"), wrong | {"old_password": cast.password}).status_code
        == 302
    )
    assert client.get(reverse("job_list")).status_code == 200
    assert log_in(Client(), "0100001", "Better-pass-77").status_code == 302
    assert log_in(Client(), "0100001", cast.password).status_code == 200
    event = AuditEvent.objects.get(verb="account.password")
    assert event.actor == cast.li and "Better" not in str(event.detail)


def test_chinese_is_the_language_whatever_the_browser_prefers_until_one_switches(db, client):
    page = client.get(reverse("login"), headers={"accept-language": "en-US,en;q=0.9,fr"})
    assert page["Content-Language"] == "zh-hans" and "警号" in page.content.decode()
    client.post(reverse("language"), {"language": "en", "next": "/login/"})
    page = client.get(reverse("login"), headers={"accept-language": "zh-CN"})
    assert page["Content-Language"] == "en" and "Police number" in page.content.decode()
    client.post(reverse("language"), {"language": "fr"})
    assert client.get(reverse("login"))["Content-Language"] == "en"
    assert (
        client.post(reverse("language"), {"language": "zh-hans", "next": "https://evil.example/"})[
            "Location"
        ]
        == "/"
    )
    assert client.get(reverse("login"))["Content-Language"] == "zh-hans"
