"""The demonstration city at full size, loaded into an empty database; on SQLite and on PostgreSQL.

python -m bench.city [--engines sqlite postgres]
"""

import argparse
import sys
import time

import psycopg
from psycopg import sql

from bench.common import ENGINES, VAR_DIR, Line, manage, table
from bench.database import SERVER, drop, url_of

LIMIT = 60  # seconds
NAME = "crm_bench_city"


def measure(engines=ENGINES):
    """Load it on each engine; returns a line for each, beside the limit."""
    return [
        Line.at_most(f"{engine}, the whole city / {LIMIT} s", loaded(engine), LIMIT, 1)
        for engine in engines
    ]


def loaded(engine):
    """The seconds that the command takes on a migrated, empty database."""
    url = empty(engine)
    manage(url, "migrate", "--verbosity", "0")
    started = time.perf_counter()
    manage(url, "load_demo_city")
    seconds = time.perf_counter() - started
    if engine == "postgres":
        drop(NAME)
    return seconds


def empty(engine):
    """The address of an empty database."""
    if engine == "postgres":
        drop(NAME)
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        return url_of(NAME)
    folder = VAR_DIR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("empty.sqlite3*"):
        old.unlink()
    return f"sqlite:///{folder / 'empty.sqlite3'}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    lines = measure(arguments.parse_args().engines)
    print(table(lines))
    return 0 if all(line.reached for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
