"""PostgreSQL databases to measure on: a loaded city is kept as a template, and each run works on a
copy of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("DATABASE_URL_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def url_of(name):
    """The address of database ``name`` on the server that is measured on."""
    return f"{SERVER.rpartition('/')[0]}/{name}"


def city_copy(visits, name):
    """A fresh database ``name`` that holds the demonstration city with ``visits`` visits.

    Returns its address.

    The city is loaded once (about a minute) and kept as ``crm_city_<visits>``; it is made anew when
    the migrations have changed. A copy takes seconds and is vacuumed, so that every run begins
    alike.
    """
    template = f"crm_city_{visits}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        if _comment(server, template) != migrations_state():
            _recreate(server, template)
            _manage(url_of(template), "migrate", "--verbosity", "0")
            _manage(url_of(template), "load_demo_city", "--visits", str(visits))
            with psycopg.connect(url_of(template), autocommit=True) as city:
                city.execute("VACUUM ANALYZE")
            server.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(template), sql.Literal(migrations_state())
                )
            )
        _recreate(server, name, template)
    return url_of(name)


def empty(name):
    """A fresh empty database ``name``; returns its address."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        _recreate(server, name)
    return url_of(name)


def drop(name):
    """Remove a copy."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _recreate(server, name, template="template1"):
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _comment(server, name):
    row = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row[0] if row else None


def migrations_state():
    """What the kept city was made by: the bytes of all migrations."""
    import hashlib

    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/0*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _manage(url, *arguments):
    subprocess.run(
        [sys.executable, "manage.py", *arguments, "--skip-checks"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        stdout=subprocess.DEVNULL,
    )
