"""Redis away, silent and back: pages, steps, orders and limits go on without it."""

import inspect
import threading
from functools import partial
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCacheClient
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from api.tokens.services import token_issue
from bench.servers import Redis, running
from crm.backing import away
from crm.backing.addresses import broker_options, caches
from crm.backing.cache import LONGEST, SoftClient
from crm.backing.rates import counted, expire_counts
from crm.celery import app
from crm.jobs.performing import perform_job
from crm.models import Job, RateCount
from tests.api.bodies import body_for
from tests.test_architecture import ORDER, imports_of, module_of, sources
from tests.visits.recording.test_record_visit import form_values
from visits.models import Visit
from visits.summaries.verify_views import QUESTIONS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        Redis.binary is None, reason="redis-server is missing: apt-get install redis-server"
    ),
]


@pytest.fixture
def redis(settings, monkeypatch):
    """A Redis of one's own, which is the cache and the broker."""
    with (
        running(Redis()) as server,
        app.connection(server.url, transport_options=broker_options(server.url, None)) as broker,
    ):
        settings.CACHES = caches(server.url)
        monkeypatch.setattr("crm.celery.app.send_task", partial(app.send_task, connection=broker))
        yield server


def answers_of(cast, as_user, address_of=reverse):
    """name → the status of each page's answer: lists, the visit form, the dashboard, verification,
    login, the API, writes.
    """
    client, manager, stranger = as_user(cast.li), as_user(cast.city_manager), Client()
    _row, token = token_issue(name="t", days=1, by=cast.li)
    program = Client(headers={"authorization": f"Bearer {token}"})
    _who, body = body_for("visits", cast)
    form = address_of("visit_create", args=[cast.semir.uid])
    login = {"username": cast.li.police_number, "password": cast.password}
    found = {
        "list": client.get(address_of("visit_list")),
        "form": client.get(form),
        "write": client.post(form, form_values()),
        "dashboard": manager.get(address_of("dashboard")),
        "verify": stranger.get(address_of("verify_number", args=["ZZZZZ"])),
        "login": stranger.post(address_of("login"), login),
        "mine": client.get(address_of("my_enterprises")),
        "api list": program.get("/api/v1/visits/"),
        "api write": program.post("/api/v1/visits/", body, content_type="application/json"),
        "order": client.post(address_of("export_order", args=["visit_list"]), {"format": "csv"}),
    }
    return {name: answer.status_code for name, answer in found.items()}


WELL = {
    "list": 200,
    "form": 200,
    "write": 302,
    "dashboard": 200,
    "verify": 200,
    "login": 302,
    "mine": 200,
    "api list": 200,
    "api write": 201,
    "order": 302,
}


def test_every_door_answers_without_redis_and_after_it_came_back(
    cast, as_user, redis, django_capture_on_commit_callbacks
):
    def all_doors():
        with django_capture_on_commit_callbacks(execute=True):
            return answers_of(cast, as_user)

    assert all_doors() == WELL and cache.get("divisions:in_use") is not None
    redis.stop()
    assert all_doors() == WELL and away.cache.lasts and away.broker.lasts
    redis.start()
    away.cache.until = away.broker.until = 0  # a little later
    assert all_doors() == WELL and cache.get("divisions:in_use") is not None
    assert away.cache.since is None and away.broker.since is None
    assert Visit.objects.count() == 6
    assert all(perform_job(pk) for pk in Job.objects.values_list("pk", flat=True))


def test_a_silent_redis_is_waited_for_once(cast, as_user, redis, monkeypatch):
    redis.freeze()
    assert cache.get("x", "nothing") == "nothing" and away.cache.lasts
    monkeypatch.setattr(
        SoftClient, "get_client", lambda *args, **options: pytest.fail("it was asked again")
    )
    assert as_user(cast.li).get(reverse("visit_create", args=[cast.semir.uid])).status_code == 200


@pytest.mark.control
def test_with_djangos_own_cache_the_visit_form_fails(cast, as_user, redis, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis.url}
    }
    redis.stop()
    with pytest.raises(RedisError):
        as_user(cast.li).get(reverse("visit_create", args=[cast.semir.uid]))


def test_without_redis_it_answers_as_an_empty_cache(redis):
    redis.stop()
    assert (
        cache.set("a", 1) is None
        and cache.get("a") is None
        and not cache.add("a", 1)
        and not cache.touch("a")
    )
    assert (
        cache.get_or_set("a", lambda: [1]) == [1]
        and cache.get_many(["a"]) == {}
        and cache.set_many({"a": 1}) == []
    )
    assert (
        not cache.has_key("a")
        and not cache.delete("a")
        and cache.delete_many(["a"]) is None
        and not cache.clear()
    )
    with pytest.raises(ValueError):
        cache.incr("a")


def test_every_way_to_ask_redis_is_soft():
    """A way that a later Django adds is named here until it is soft as well."""
    ways = {
        name
        for name, _value in inspect.getmembers(RedisCacheClient, inspect.isfunction)
        if not name.startswith("_")
    }
    assert ways - {"get_client"} <= set(vars(SoftClient))


def test_nothing_is_kept_longer_than_the_bound(redis):
    for asked in (None, 10 * LONGEST):
        cache.set("kept", 1, asked)
        client = cache._cache.get_client("kept")
        assert 0 < client.ttl(cache.make_key("kept")) <= LONGEST


def test_the_service_knows_redis_only_through_this_cache():
    assert caches("redis://127.0.0.1/0")["default"]["BACKEND"] == "crm.backing.cache.SoftRedisCache"
    told = [
        (module_of(path), name)
        for path in sources(*ORDER)
        for name in imports_of(path)
        if name.split(".")[0] == "redis"
        or name.startswith("django.core.cache.")
        and name != "django.core.cache.cache"
    ]
    assert {module for module, _name in told} == {"crm.backing.cache"}
    assert Path("crm/settings.py").read_text().count("CACHES") == 1  # caches(…)


def test_a_limit_is_counted_in_the_database_meanwhile(client, redis, clock):
    clock("2026-11-02")
    redis.stop()
    address = reverse("verify_number", args=["ZZZZZ"])
    statuses = [client.get(address).status_code for _question in range(QUESTIONS + 1)]
    assert statuses == [200] * QUESTIONS + [429]
    assert RateCount.objects.get().count == QUESTIONS + 1
    assert client.get(address, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert expire_counts() == 0
    RateCount.objects.update(ends_at="2020-01-01T00:00:00Z")
    assert expire_counts() > 0 and not RateCount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_those_who_count_at_once_are_all_counted(redis):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in after another")
    redis.stop()
    numbers, start = [], threading.Barrier(8)

    def count():
        start.wait()
        numbers.extend(counted("race", seconds=86400) for _time in range(5))
        connections.close_all()

    threads = [threading.Thread(target=count) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 41))
