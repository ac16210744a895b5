"""The cache of the real service: Redis, and while that is away a cache that is empty and forgets
everything.

A cache only saves work, so no page and no step may fail or wait because of it. Nobody who asks it
needs a guard of their own. What may not be forgotten (a limit of questions a minute) is counted by
``crm.backing.rates``, which then asks the database.

How old an answer may be: what is deleted while the cache is away is deleted nowhere, so a value
from before may be seen again when Redis comes back. It then lives as long as it was kept for, and
nothing is kept for longer than LONGEST.
"""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.retry import Retry

from crm.backing import away

#: Seconds that a value is kept at most, whoever sets it.
LONGEST = 300
#: Seconds that a connection and an answer are waited for. A connection that Redis has dropped is
#: made anew once.
PATIENCE = 0.5
OPTIONS = {
    "socket_connect_timeout": PATIENCE,
    "socket_timeout": PATIENCE,
    "retry": Retry(NoBackoff(), 1, supported_errors=(NotConnected,)),
}


class SoftClient(RedisCacheClient):
    """Django's client, answering as an empty cache does where Redis does not answer."""

    def _ask(self, ask, *values, otherwise=None) -> Any:
        if away.cache.lasts:
            return otherwise
        try:
            answer = ask(*values)
        except (RedisError, OSError) as error:
            away.cache.noted(error)
            return otherwise
        away.cache.over()
        return answer

    def add(self, key, value, timeout) -> bool:
        return self._ask(super().add, key, value, timeout, otherwise=False)

    def get(self, key, default) -> Any:
        return self._ask(super().get, key, default, otherwise=default)

    def set(self, key, value, timeout) -> None:
        return self._ask(super().set, key, value, timeout)

    def touch(self, key, timeout) -> bool:
        return self._ask(super().touch, key, timeout, otherwise=False)

    def delete(self, key) -> bool:
        return self._ask(super().delete, key, otherwise=False)

    def get_many(self, keys) -> Any:
        return self._ask(super().get_many, keys, otherwise={})

    def has_key(self, key) -> bool:
        return self._ask(super().has_key, key, otherwise=False)

    def incr(self, key, delta) -> Any:
        """The new number.

        ValueError where there is none, as of a key that an empty cache does not have.
        """
        number = self._ask(super().incr, key, delta)
        if number is None:
            raise ValueError(f"Key '{key}' not found.")
        return number

    def set_many(self, data, timeout) -> None:
        return self._ask(super().set_many, data, timeout)

    def delete_many(self, keys) -> None:
        return self._ask(super().delete_many, keys)

    def clear(self) -> bool:
        return self._ask(super().clear, otherwise=False)


class SoftRedisCache(RedisCache):
    """``CACHES["default"]["BACKEND"]`` of the real service."""

    def __init__(self, server, params) -> None:
        super().__init__(server, params | {"OPTIONS": OPTIONS | params.get("OPTIONS", {})})
        self._class = SoftClient

    def get_backend_timeout(self, timeout=DEFAULT_TIMEOUT) -> float | int:
        """Seconds that a value is kept: what was asked for, LONGEST at most."""
        timeout = super().get_backend_timeout(timeout)
        return LONGEST if timeout is None else min(timeout, LONGEST)
