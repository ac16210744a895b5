"""The managers' dashboard against its textbook twin, and at five times the visits.

On SQLite and on PostgreSQL.

    python -m bench.dashboard [--rounds 10] [--small 200000] [--large 1000000] [--engines sqlite
    postgres]

The page is the whole page as the server makes it: request, login, scope, filter bar, figures,
template; the figures are what it shows without that, as the twin's aggregates are, which give the
same numbers (checked). All run in one process on one database, in turn. The goal stands for the
year of the whole city; of a part the twin need not read all either.
"""

import argparse
import json
import sys

from bench.common import ENGINES, Line, medians, sizes_in_turn, table

FASTER, GROWTH = 20, 1.3
#: What is asked: a name, and the page's parameters.
QUESTIONS = {
    "last 12 months": {},
    "last month": {"period": "last_month"},
    "one county": {"unit": "330382"},
    "one industry": {"section": "C"},
    "one division and industry": {"division": "330382", "section": "C"},
}


def measure(rounds=10, sizes=(200_000, 1_000_000), engines=ENGINES):
    """Measure all sizes on all engines; returns the lines."""
    small, large = sizes
    lines = []
    for engine in engines:
        found = _measured(engine, sizes, rounds)
        for what, query in QUESTIONS.items():
            for who in ("figures", "page"):
                ours, twin = found[small][f"{who} {what}"], found[small][f"twin {what}"]
                lines.append(
                    Line.at_least(
                        f"{engine}, {what}: {who} / textbook", ours, twin, 1 if query else FASTER
                    )
                )
        for what in QUESTIONS:
            before, after = (found[visits][f"page {what}"] for visits in sizes)
            lines.append(
                Line.at_most(
                    f"{engine}, {what}: page at {large:,} / at {small:,}", after, before, GROWTH
                )
            )
    return lines


def _measured(engine, sizes, rounds):
    """Size → name → seconds.

    The twin is asked only at the smaller size, where it is compared with.
    """

    def arguments(visits):
        return "--inside", "with-twin" if visits == min(sizes) else "alone", "--rounds", str(rounds)

    return sizes_in_turn(engine, sizes, "crm_bench_dashboard", "bench.dashboard", arguments)


def inside(who, rounds):
    """Measure on the database of this process and print the medians as JSON.

    The twin only where it is compared with.
    """
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.conf import settings
    from django.test import Client

    from crm.models import Role, User
    from visits.reporting.rollups import rebuild_rollups

    settings.ALLOWED_HOSTS = ["testserver"]
    rebuild_rollups()
    client, user = (
        Client(),
        User.objects.filter(role=Role.CITY_MANAGER, unit__level=0).order_by("pk").first(),
    )
    client.force_login(user, backend="crm.auth.AccountBackend")
    functions = {}
    for what, query in QUESTIONS.items():
        functions[f"figures {what}"] = lambda query=query: figures(user, query)
        functions[f"page {what}"] = lambda query=query: page(client, query)
        if who == "with-twin":
            check_alike(user, query)
            functions[f"twin {what}"] = lambda query=query: twin(query)
    print(
        json.dumps(
            medians(functions, rounds, once={name for name in functions if name.startswith("twin")})
        )
    )


def page(client, query):
    """The page as the server makes it."""
    answer = client.get("/dashboard/", query)
    if answer.status_code != 200:
        raise SystemExit(f"The dashboard answered {answer.status_code}.")
    return answer


def figures(user, query):
    """All that the page shows, with the addresses of the rows, but neither drawn nor asked for by
    HTTP.
    """
    from visits.reporting.dashboard import Dashboard
    from visits.reporting.filters import DashboardForm

    form = DashboardForm(query, user=user)
    if not form.is_valid():
        raise SystemExit(f"The question {query} is refused: {form.errors}")
    board = Dashboard(form.cut, form.units)
    return board.tiles(), list(board.months()), board.rows(), list(board.stages())


def twin(query):
    """The twin's aggregates for the same question."""
    from django.utils import timezone

    from bench.textbook.dashboard import figures
    from crm.models import Unit
    from visits.reporting.filters import DEFAULT_PERIOD, months_of

    months = months_of(query.get("period", DEFAULT_PERIOD), timezone.localdate())
    unit = Unit.objects.get(code=query["unit"]) if "unit" in query else None
    return figures(
        months.first,
        months.ends_on,
        unit=unit,
        division=query.get("division"),
        section=query.get("section"),
    )


def check_alike(user, query):
    """Both show the same numbers."""
    tiles, by_month, _rows, _stages = figures(user, query)
    other = twin(query)
    ours = {shown.figure.key: (shown.number, shown.out_of) for shown in tiles}
    theirs = {
        "coverage": (other["visited"], other["enterprises"]["all"]),
        "never_visited": (other["enterprises"]["never"], None),
        "visits": (other["total"]["visits"], None),
        "contacts": (other["total"]["contacts"], None),
        "open": (other["problems"]["open"], None),
        "overdue": (other["problems"]["overdue"], None),
        "projects": (sum(other["stages"].values()), None),
    }
    months = {
        month["month"]: tuple(bar["shown"].number for bar in month["bars"]) for month in by_month
    }
    if (
        any(ours[key] != value for key, value in theirs.items())
        or {m: n for m, n in months.items() if any(n)} != other["by_month"]
    ):
        raise SystemExit(f"The two differ for {query}: {ours} {theirs}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--small", type=int, default=200_000)
    arguments.add_argument("--large", type=int, default=1_000_000)
    arguments.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    arguments.add_argument("--inside", choices=("with-twin", "alone"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.inside:
        return inside(options.inside, options.rounds)
    lines = measure(options.rounds, (options.small, options.large), options.engines)
    print(table(lines))
    return 0 if all(line.reached for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
