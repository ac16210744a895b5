"""Guessing is stopped, at one account or at forty, and nobody who only guesses keeps anybody else
out.
"""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from crm import auth
from crm.models import AuditEvent, LoginTry, User
from crm.org import lockouts
from tests.cast import build_cast
from tests.crm.org.test_log_in import log_in

pytestmark = pytest.mark.django_db

STATION, STRANGER = "10.1.2.3", "203.0.113.9"


#: One for all that nobody knows: making another loads every middleware anew.
_passer_by = Client()


def at(address, client=None):
    """A browser at an address: the given one, or one without any cookie."""
    if client is None:
        client = _passer_by
        client.cookies.clear()
    client.defaults["REMOTE_ADDR"] = address
    return client


def guess(number, address, times=1):
    """The last answer to wrong passwords from a browser that nobody knows."""
    for _time in range(times):
        answer = log_in(at(address), number, "Wrong-pass-2026")
    return answer


def test_one_wrong_password_at_each_of_forty_accounts_is_stopped(cast, settings):
    for number in range(1, 41):
        User.objects.create_user(f"07{number:05}", "某人", unit=cast.wuma, password=cast.password)
    answers = [guess(f"07{number:05}", STRANGER).status_code for number in range(1, 41)]
    assert answers == [200] * settings.LOGIN_ACCOUNTS_AN_ADDRESS + [429] * (
        40 - settings.LOGIN_ACCOUNTS_AN_ADDRESS
    )
    refused = log_in(at(STRANGER), "0700040", cast.password)
    assert (
        refused.status_code == 429
        and "网络地址" in refused.content.decode()
        and refused["Retry-After"] == "900"
    )
    assert log_in(at(STATION), "0700040", cast.password).status_code == 302
    noted = AuditEvent.objects.get(verb="account.locked")
    assert (noted.address, noted.detail, noted.ok) == (STRANGER, {"limit": "address"}, False)
    asked = {"police_number": "0700039", "password": cast.password, "name": "x", "days": 1}
    by_program = at(STRANGER).post("/api/v1/tokens/", asked, content_type="application/json")
    assert by_program.status_code == 429 and "网络地址" in by_program.json()["detail"]


def test_the_addresses_of_one_ipv6_network_count_as_one(cast, settings):
    answers = [
        guess(f"07{number:05}", f"2001:db8:0:1::{number:x}").status_code for number in range(1, 13)
    ]
    assert answers.count(429) == 12 - settings.LOGIN_ACCOUNTS_AN_ADDRESS
    assert guess("0700099", "2001:db8:0:2::1").status_code == 200


def test_a_stranger_locks_only_himself_out(cast):
    assert guess("0100001", STRANGER, 6).status_code == 429
    assert log_in(at(STRANGER), "0100001", cast.password).status_code == 429
    assert log_in(at(STATION), "0100001", cast.password).status_code == 302


def test_strangers_everywhere_do_not_keep_out_whoever_was_here_before(cast):
    own, elsewhere = at(STATION, Client()), "10.9.9.9"
    assert log_in(own, "0100001", cast.password).status_code == 302
    own.post(reverse("logout"))
    for number in range(5):
        guess("0100001", f"203.0.113.{number}", 5)
    assert log_in(at(elsewhere), "0100001", cast.password).status_code == 429
    # The browser is known.
    assert log_in(at(elsewhere, own), "0100001", cast.password).status_code == 302
    assert log_in(at(STATION), "0100001", cast.password).status_code == 302  # the address is known
    assert log_in(at(elsewhere), "0100002", cast.password).status_code == 302


def test_a_colleague_behind_the_same_address_does_not_keep_out_a_known_browser(cast):
    own = at(STATION, Client())
    log_in(own, "0100002", cast.password)
    own.post(reverse("logout"))
    assert (
        guess("0100001", STATION, 5).status_code == guess("0100002", STATION, 5).status_code == 429
    )
    for number in range(20):
        guess(f"07{number:05}", STATION)
    assert log_in(at(STATION), "0100003", cast.password).status_code == 429
    assert log_in(own, "0100002", cast.password).status_code == 302


def test_a_known_browser_is_counted_too_and_is_known_for_its_own_accounts_only(cast):
    own = at(STATION, Client())
    log_in(own, "0100002", cast.password)
    own.post(reverse("logout"))
    assert [log_in(own, "0100002", "Wrong-pass-2026").status_code for _turn in range(6)] == [
        200
    ] * 4 + [429] * 2
    assert [
        log_in(own, f"07{number:05}", "Wrong-pass-2026").status_code for number in range(11)
    ] == [200] * 10 + [429]


def test_a_browser_is_a_stranger_again_once_access_was_ended(cast, as_user):
    own = at(STATION, Client())
    log_in(own, "0100002", cast.password)
    assert lockouts.device_of(asking(own), cast.zhang)
    as_user(cast.system_admin).post(reverse("account_end", args=["0100002"]))
    cast.zhang.refresh_from_db()
    assert not lockouts.device_of(asking(own), cast.zhang)
    own.cookies["device"] = own.cookies["device"].value[:-2] + "xx"
    assert not lockouts.device_of(asking(own), cast.zhang)


def asking(client):
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    return request


def test_slips_that_ended_well_weigh_nothing(cast):
    for number in range(1, 7):
        person = User.objects.create_user(
            f"07{number:05}", "某人", unit=cast.wuma, password=cast.password
        )
        assert guess(person.police_number, STATION, 4).status_code == 200
        assert log_in(at(STATION), person.police_number, cast.password).status_code == 302
    assert not LoginTry.objects.exists()


def test_going_on_at_a_closed_door_does_not_keep_it_closed(cast):
    guess("0100001", STRANGER, 30)
    assert LoginTry.objects.count() == lockouts.FAILURES
    LoginTry.objects.update(at=timezone.now() - lockouts.WINDOW - datetime.timedelta(seconds=1))
    assert log_in(at(STRANGER), "0100001", cast.password).status_code == 302


def test_the_pages_say_which_address_and_release_it(cast, as_user):
    guess("0100001", STRANGER, 5)
    for number in range(10):
        guess(f"07{number:05}", "198.51.100.7")
    page = as_user(cast.security_admin).get(reverse("lockout_list")).content.decode()
    assert STRANGER in page and "198.51.100.7" in page and "小李" in page
    account = (
        as_user(cast.security_admin)
        .get(reverse("account_detail", args=["0100001"]))
        .content.decode()
    )
    assert STRANGER in account and "已锁定" in account
    assert (
        as_user(cast.security_admin)
        .post(reverse("lockout_list"), {"place": "198.51.100.7"})
        .status_code
        == 302
    )
    assert log_in(at("198.51.100.7"), "0100003", cast.password).status_code == 302
    assert AuditEvent.objects.get(verb="account.release").detail["place"] == "198.51.100.7"


RACERS = 12


def looked_at(monkeypatch, numbers):
    """How many of RACERS guesses, let go at once from one address, had their password looked at."""
    seen, gate = [], threading.Barrier(RACERS)
    monkeypatch.setattr(
        auth.AccountBackend, "fits", lambda backend, user, password: seen.append(password) or False
    )

    def run(place):
        try:
            gate.wait()
            guess(numbers[place % len(numbers)], STRANGER)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RACERS) as workers:
        list(workers.map(run, range(RACERS)))
    return len(seen)


postgres_only = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite's test database has one thread"
)


@postgres_only
@pytest.mark.django_db(transaction=True)
def test_guesses_side_by_side_are_no_more_than_one_after_another(monkeypatch, settings):
    build_cast()
    assert looked_at(monkeypatch, ["0100001"]) <= lockouts.FAILURES
    LoginTry.objects.all().delete()
    settings.LOGIN_ACCOUNTS_AN_ADDRESS = 4
    assert looked_at(monkeypatch, [f"07{number:05}" for number in range(RACERS)]) <= 4


@postgres_only
@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_control_counted_before_they_are_written_more_get_through(monkeypatch):
    build_cast()
    gate = threading.Barrier(RACERS)

    def counted_first(request, number, user):
        limit = (
            lockouts.HERE
            if LoginTry.objects.filter(number=number).count() >= lockouts.FAILURES
            else ""
        )
        gate.wait()
        return LoginTry.objects.create(at=timezone.now(), number=number, place=STRANGER), limit

    monkeypatch.setattr(auth, "tried", counted_first)
    assert looked_at(monkeypatch, ["0100001"]) > lockouts.FAILURES


def test_a_new_first_password_lets_a_locked_person_in(cast, client, as_user):
    for _number in range(lockouts.FAILURES):
        client.post(reverse("login"), {"username": "0100001", "password": "wrong"})
    assert (
        client.post(reverse("login"), {"username": "0100001", "password": "wrong"}).status_code
        == 429
    )
    page = (
        as_user(cast.system_admin)
        .post(reverse("account_password", args=["0100001"]))
        .content.decode()
    )
    given = re.search(r"[A-Za-z0-9]{13}[-+=%]", page)[0]
    assert (
        client.post(reverse("login"), {"username": "0100001", "password": given}).status_code == 302
    )
