"""Statements whose plan PostgreSQL keeps.

Planning a list with its six joins takes PostgreSQL several milliseconds, running it half of one. Inside ``kept_plans``
a statement that comes again and again is prepared on its connection, and its plan is kept. That is for statements whose
best plan does not depend on their parameters (a row by its key, a page of a list by its ordering); a list with filters
is better planned each time for the values at hand, which is how Django leaves it.
"""

from contextlib import contextmanager

from django.db import connection

#: How often the same statement runs on a connection before it is prepared there.
OFTEN = 3


@contextmanager
def kept_plans():
    """Prepare on PostgreSQL what is read or written inside; on SQLite, which plans in no time, nothing is different."""
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor  # noqa: PLC0415 (needs PostgreSQL's driver)

    connection.ensure_connection()
    driver = connection.connection
    before = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold = ServerBindingCursor, OFTEN
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = before
