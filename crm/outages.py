"""The database away: every door answers 503 and when to come again, drawn without the database. Nothing was acknowledged.

Django leads whatever went wrong outside the API's views to ``failed`` (urls.handler500), from every depth of the
middleware; a room whose answers are no pages says how they are told (``tell_as``).
"""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults

log = logging.getLogger(__name__)

#: Seconds after which it is worth asking again.
RETRY_AFTER = 10
#: SQLite's primary result codes that speak of the file's state and not of the statement: busy, locked, out of memory,
#: read-only, interrupted, input and output, full, cannot open, locking protocol.
SQLITE_STATES = {5, 6, 7, 8, 9, 10, 13, 14, 15}
#: The word before a SQLSTATE that PostgreSQL's driver does not class as operational: the server has become a replica.
READ_ONLY = "25006"

_tellers = {}


def tell_as(prefix, teller):
    """Let addresses below ``prefix`` be answered by ``teller(headers)``; called from AppConfig.ready."""
    _tellers[prefix] = teller


def is_outage(error):
    """Whether ``error`` says that the database cannot answer just now, and not that it was asked wrongly."""
    cause = error.__cause__
    if isinstance(error, OperationalError) and hasattr(cause, "sqlite_errorcode"):
        return cause.sqlite_errorcode & 0xFF in SQLITE_STATES
    return isinstance(error, (OperationalError, InterfaceError)) or getattr(cause, "sqlstate", None) == READ_ONLY


def failed(request):
    """What is answered where nothing else was: 503 while the database is away, else the page of an error of ours (500)."""
    error = sys.exception()
    if error is None or not is_outage(error):
        return defaults.server_error(request)
    response = unavailable(request.path)
    response._has_been_logged = True  # one line is enough: Django would write a trace for every request
    noted(request, error)
    return response


def noted(request, error):
    """Write one line about a request that the database did not answer."""
    log.error("The database is away: %s %s (%s)", request.method, request.path, " ".join(str(error).split())[:200])


def unavailable(path):
    """The answer to a request of this path: a page, or what its room tells programs."""
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    for prefix, teller in _tellers.items():
        if path.startswith(prefix):
            return teller(headers)
    page = render_to_string("503.html", {"LANGUAGE_CODE": translation.get_language()})
    return HttpResponse(page, status=503, headers=headers)
