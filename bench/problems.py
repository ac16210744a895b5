"""The list of overdue problems, and its neighbours, at 20,000 and at 200,000 problems.

On SQLite and on PostgreSQL.

    python -m bench.problems [--rounds 15] [--small 20000] [--large 200000] [--engines sqlite
    postgres]

The city of 200,000 visits is kept; of its problems some are taken away, or all are written again
until there are enough, so that ten times the problems are ten times the overdue ones too. Each is
asked as the whole page and through the API, by managers, whose pages are full at either size: where
one page has more lines than the other, the lines are what is measured.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from bench import database
from bench.common import ENGINES, Line, city, in_process_of, medians, table

GROWTH, VISITS = 1.5, 200_000
PEOPLE = {"county manager": "033003", "city manager": "033004"}
#: What is asked: a name → the address.
PAGES = {
    "overdue": "/problems/?overdue=1",
    "overdue, longest first": "/problems/?overdue=1&sort=due_on",
    "in my unit's hands": "/problems/?in_hand=1",
    "to confirm": "/problems/?state=follow_up",
    "all": "/problems/",
    "overdue through the API": "/api/v1/problems/?overdue=1",
}
PASSES = 3


def measure(rounds=15, sizes=(20_000, 200_000), engines=ENGINES):
    """Measure both sizes on all engines; returns the lines."""
    small, large = sizes
    lines = []
    for engine in engines:
        urls = {size: _filled(engine, size) for size in sizes}
        seen = {size: [] for size in sizes}
        try:
            for _number in range(PASSES):
                for size, url in urls.items():
                    seen[size].append(
                        json.loads(
                            in_process_of(
                                url, "bench.problems", "--inside", "--rounds", str(rounds)
                            )
                        )
                    )
        finally:
            for size, url in urls.items():
                _removed(engine, size, url)
        best = {
            size: {name: min(one[name] for one in many) for name in many[0]}
            for size, many in seen.items()
        }
        for name, after in best[large].items():
            lines.append(
                Line.at_most(
                    f"{engine}, {name}: {large:,} / {small:,} problems",
                    after,
                    best[small][name],
                    GROWTH,
                )
            )
    return lines


def _filled(engine, size):
    """The address of a city with so many problems, made for this run."""
    url = city(engine, VISITS, _name(size))
    if engine == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        copy = path.with_name(f"problems_{size}.sqlite3")
        shutil.copyfile(path, copy)
        url = f"sqlite:///{copy}"
    in_process_of(url, "bench.problems", "--fill", str(size))
    return url


def _removed(engine, size, url):
    if engine == "postgres":
        database.drop(_name(size))
    else:
        Path(url.removeprefix("sqlite:///")).unlink()


def _name(size):
    return f"crm_bench_problems_{size}"


def start():
    """Django on the database of this process."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()


def fill(size):
    """Take problems away, or write all again under new identifiers, until there are ``size``."""
    import uuid

    from django.db import connection, transaction

    from crm.db.bulk import Table
    from visits.models import Problem

    start_count = Problem.objects.count()
    with transaction.atomic():
        if size < start_count:
            keys = list(Problem.objects.order_by("uid").values_list("pk", flat=True)[size:])
            for first in range(0, len(keys), 500):
                Problem.objects.filter(pk__in=keys[first : first + 500]).delete()
        else:
            rows, again = list(Problem.objects.order_by("uid").values()), Table(Problem)
            for number in range(size - start_count):
                again.add(**rows[number % len(rows)] | {"id": None, "uid": uuid.uuid4()})
            again.close()
        assert Problem.objects.count() == size
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM ANALYZE")
    print(json.dumps({"problems": size}))


def inside(rounds):
    """Measure on the database of this process and print the medians as JSON."""
    from django.conf import settings
    from django.test import Client

    from crm.models import User

    settings.ALLOWED_HOSTS = ["*"]
    # Sessions in cookies: nothing is written while measuring.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    calls = {}
    for who, number in PEOPLE.items():
        client = Client()
        client.force_login(
            User.objects.select_related("unit").get(police_number=number),
            backend="crm.auth.AccountBackend",
        )
        for what, address in PAGES.items():
            calls[f"{who}: {what}"] = _asking(client, address)
    print(json.dumps(medians(calls, rounds)))


def _asking(client, address):
    def ask():
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return ask


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--small", type=int, default=20_000)
    options.add_argument("--large", type=int, default=200_000)
    options.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside or chosen.fill:
        start()
        inside(chosen.rounds) if chosen.inside else fill(chosen.fill)
        return 0
    lines = measure(chosen.rounds, (chosen.small, chosen.large), chosen.engines)
    print(table(lines))
    return 0 if all(line.reached for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
