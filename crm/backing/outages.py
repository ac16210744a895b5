"""The database away: every page answers 503 and when to come again, drawn without the database;
so does the API.

Nothing was acknowledged.

Django leads whatever went wrong outside the API's views to ``failed`` (urls.handler500), from every
depth of the middleware; an app whose answers are no pages says what they are (``answers``).
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

from crm.hooks import Hook

log = logging.getLogger(__name__)

#: Seconds after which it is worth asking again.
RETRY_AFTER = 10
#: SQLite's result codes about the file, not the statement: busy, locked, out of memory, read-only,
#: interrupted, input and output, full, cannot open, locking protocol.
SQLITE_STATES = {5, 6, 7, 8, 9, 10, 13, 14, 15}
#: The word before a SQLSTATE that PostgreSQL's driver does not class as operational: the server has
#: become a replica.
READ_ONLY = "25006"

#: Filled with Answer.
answers = Hook(
    "answers_when_away", "How addresses that are no pages say that the database is away (Answer)."
)


@dataclass(frozen=True)
class Answer:
    """Addresses below ``prefix`` are answered by ``respond(headers)``."""

    prefix: str
    respond: Callable


def is_outage(error) -> bool:
    """Whether ``error``, or one that it came from, says that the database cannot answer just now,
    not that it was asked wrongly.
    """
    for _step in range(10):
        if error is None or _speaks_of_outage(error):
            return error is not None
        error = error.__cause__ or error.__context__
    return False


def _speaks_of_outage(error) -> Any:
    # A cursor of PostgreSQL's driver that is closed late raises the driver's own error, which
    # Django has no part in.
    kinds = (
        OperationalError,
        InterfaceError,
        connection.Database.OperationalError,
        connection.Database.InterfaceError,
    )
    code = getattr(error, "sqlite_errorcode", getattr(error.__cause__, "sqlite_errorcode", None))
    if isinstance(error, kinds) and code is not None:
        return code & 0xFF in SQLITE_STATES
    return isinstance(error, kinds) or getattr(error, "sqlstate", None) == READ_ONLY


def failed(request) -> Any:
    """What is answered where nothing else was: 503 while the database is away, else the page of an
    error of ours (500).
    """
    error = sys.exception()
    return unavailable(request, error) if is_outage(error) else defaults.server_error(request)


def unavailable(request, error) -> Any:
    """The answer to a request that the database did not answer: a page, or what its app tells
    programs; one line in the log.
    """
    log.error(
        "The database is away: %s %s (%s)",
        request.method,
        request.path,
        " ".join(str(error).split())[:200],
    )
    response = _told(request.path, {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"})
    response._has_been_logged = True  # Django would write a trace for every request
    return response


def _told(path, headers) -> Any:
    for answer in answers:
        if path.startswith(answer.prefix):
            return answer.respond(headers)
    page = render_to_string("503.html", {"LANGUAGE_CODE": translation.get_language()})
    return HttpResponse(page, status=503, headers=headers)
