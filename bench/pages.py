"""Lists at 200,000 and at 1,000,000 visits: the first page, a deep page, and the pages of an
officer.

    python -m bench.pages [--rounds 15] [--small 200000] [--large 1000000] [--engines sqlite
    postgres]

The whole page as the server makes it: request, login, scope, filters, rows, template. At 1,000,000
visits each page is compared with the first page of the same list at 200,000. Its SQL statements are
counted too.
"""

import argparse
import json
import os
import sys

from bench.common import ENGINES, Line, medians, sizes_in_turn, table

GROWTH = 1.2
STATEMENTS = "statements of "
PEOPLE = {
    "officer": "033001",
    "station head": "033002",
    "county manager": "033003",
    "city manager": "033004",
}
#: What is asked: a name → the address; {deep} is a cursor in the middle of the person's visits.
PAGES = {
    "visits, first page": "/visits/",
    "visits, deep page": "/visits/?cursor={deep}",
    "visits of a kind": "/visits/?kind=meeting",
    "enterprises": "/enterprises/",
    "problems, overdue": "/problems/?overdue=1",
}


def measure(rounds=15, sizes=(200_000, 1_000_000), engines=ENGINES):
    """Measure all sizes on all engines; returns the lines.

    Prints the largest number of SQL statements of a page.
    """
    small, large = sizes
    lines = []
    for engine in engines:
        found = sizes_in_turn(
            engine,
            sizes,
            "crm_bench_pages",
            "bench.pages",
            lambda visits: ("--inside", "--rounds", str(rounds)),
        )
        most = max(
            number
            for answer in found.values()
            for what, number in answer.items()
            if what.startswith(STATEMENTS)
        )
        print(f"{engine}: at most {most} SQL statements a page")
        for name, after in found[large].items():
            if name.startswith(STATEMENTS):
                continue
            before = found[small][name.replace("deep page", "first page")]
            lines.append(
                Line.at_most(
                    f"{engine}, {name}: at {large:,} / first at {small:,}", after, before, GROWTH
                )
            )
    return lines


def inside(rounds):
    """Measure on the database of this process and print medians and statement counts as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from crm.models import User

    settings.ALLOWED_HOSTS = ["*"]
    # Sessions in cookies: the kept city is only read.
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    calls, found = {}, {}
    for who, number in PEOPLE.items():
        user = User.objects.select_related("unit").get(police_number=number)
        client = Client()
        client.force_login(user, backend="crm.auth.AccountBackend")
        pages = PAGES | ({"home": "/my/"} if who == "officer" else {})
        for what, address in pages.items():
            calls[f"{who}: {what}"] = _asking(client, address.replace("{deep}", _middle(user)))
    for name, call in calls.items():
        call()
        with CaptureQueriesContext(connection) as captured:
            call()
        found[STATEMENTS + name] = len(captured)
    print(json.dumps(found | medians(calls, rounds)))


def _asking(client, address):
    def ask():
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return ask


def _middle(user):
    """A cursor that points into the middle of the person's visits."""
    from crm.db.paging import cursor_behind
    from visits.models import Visit
    from visits.recording.views import VisitListView

    rows = Visit.objects.visible_to(user).order_by("-held_on", "-pk")
    return cursor_behind(VisitListView.ordering_of(""), rows[rows.count() // 2])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--small", type=int, default=200_000)
    options.add_argument("--large", type=int, default=1_000_000)
    options.add_argument("--engines", nargs="+", default=list(ENGINES))
    options.add_argument(
        "--inside", action="store_true", help="measure on DATABASE_URL and print JSON"
    )
    chosen = options.parse_args()
    if chosen.inside:
        inside(chosen.rounds)
        return 0
    print(table(measure(chosen.rounds, (chosen.small, chosen.large), chosen.engines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
