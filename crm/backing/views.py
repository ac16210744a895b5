"""Whether the service and what it stands on answer: for a monitor or a load balancer, in JSON,
without a login.
"""

from celery import current_app
from django.core.cache import cache
from django.db import Error, connection
from django.http import JsonResponse
from django.views import View

from crm.backing import away

PROBE = "health"


class HealthView(View):
    """200, and 503 while the database is away.

    The cache and the broker may be away without ending the service: see ``ok``.

    Each of ``database``, ``cache``, ``broker`` is true or false; nothing else is told.
    """

    def get(self, request) -> JsonResponse:
        found = {
            "database": database_answers(),
            "cache": cache_answers(),
            "broker": broker_answers(),
        }
        serves = found["database"]
        response = JsonResponse({"ok": all(found.values()), **found}, status=200 if serves else 503)
        response.headers["Cache-Control"] = "no-store"
        return response


def database_answers() -> bool:
    """Whether the database can be read: SQLite answers a question about nothing even where its file
    is locked.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except Error:
        return False


def cache_answers() -> bool:
    """Whether the cache gives back what it was given.

    One that is away answers as an empty one (crm.backing.cache).
    """
    cache.set(PROBE, True, 10)
    return cache.get(PROBE) is True


def broker_answers() -> bool:
    """Whether a connection to the broker can be opened.

    One that has just failed is not waited for again.
    """
    if away.broker.lasts:
        return False
    try:
        with current_app.connection_for_write() as broker:
            broker.connect()
            broker.default_channel  # noqa: B018 (a broker of files opens its folders only here)
    except Exception as error:  # each broker fails in its own way
        away.broker.noted(error)
        return False
    away.broker.over()
    return True
