"""Cities made by the code of earlier releases, brought to the present and compared with one made
today of the same rows.

    python -m bench.upgrade [--engines sqlite postgres] [--releases b86cd0d 7f8d451] [--scale 1.0]

The demonstration city of one day is the same whichever release makes it, so that rows are compared
by their identifiers. Of each release the code is taken out of the git history into a folder for the
time. It is run with the packages of today where these are enough, else with its own, which are
installed there.
"""

import argparse
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.common import ENGINES, ROOT, in_process_of, manage
from bench.database import drop, empty

RELEASES = ("b86cd0d", "7f8d451")
#: What of a problem is compared.
COLUMNS = (
    "state",
    "due_on",
    "due_at",
    "overdue_from",
    "is_overdue",
    "dispatching",
    "handling",
    "head",
    "officer",
    "county",
)
#: Tables in which a city made today has rows that no earlier one can have: of these, only problems'
#: steps belong to old rows.
UNLIKE = {
    "visits.ProblemStep",
    "visits.CommonCause",
    "visits.CauseMember",
    "visits.CauseStep",
    "visits.HandlingLimit",
    "crm.SearchEntry",
}


def drill(engines, releases, scale):
    """Do it on all engines; prints a line for each comparison and returns whether all are equal."""
    equal = True
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        os.environ |= {
            "CRM_VAR_DIR": str(folder / "var"),
            "CRM_DATA_KEY": "drill",
            "CRM_SECRET_KEY": "drill",
        }
        for engine in engines:
            made_today = _told(_city(engine, ROOT, "today", folder, scale))
            for release in releases:
                code = _code_of(release, folder)
                url = _city(engine, code, release, folder, scale)
                started = time.perf_counter()
                manage(url, "migrate", "--verbosity", "0")
                print(
                    f"{engine}: {release} → today: migrated in {time.perf_counter() - started:.1f} s"
                )
                equal &= _compare(_told(url), made_today)
            if engine == "postgres":
                for name in ("today", *releases):
                    drop(_name(name))
    return equal


def _name(release):
    return f"crm_upgrade_{release}"


def _code_of(release, folder):
    """The folder with the code of a release."""
    code = folder / release
    if not code.exists():
        code.mkdir()
        archive = subprocess.run(
            ["git", "archive", release], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", str(code)], input=archive.stdout, check=True)
    return code


def _python_for(code):
    """The Python that runs the code in a folder: this one, or one with the packages that the code
    names itself.
    """
    own = code / "venv"
    check = ("manage.py", "check", "--tag", "models")
    if (
        not own.exists()
        and subprocess.run(
            [sys.executable, *check], cwd=code, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode
    ):
        print(f"{code.name}: its own packages are installed …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(own)], check=True)
        subprocess.run(
            [own / "bin" / "python", "-m", "pip", "install", "-q", "-r", "requirements.txt"],
            cwd=code,
            check=True,
        )
    return own / "bin" / "python" if own.exists() else sys.executable


def _city(engine, code, name, folder, scale):
    """The address of a database with the demonstration city as ``code`` makes it."""
    python = _python_for(code)
    url = empty(_name(name)) if engine == "postgres" else f"sqlite:///{folder / name}.sqlite3"
    for command in (
        ("migrate", "--verbosity", "0"),
        ("load_demo_city", "--today", str(datetime.date.today()), "--scale", str(scale)),
    ):
        started = time.perf_counter()
        subprocess.run(
            [python, "manage.py", *command, "--skip-checks"],
            cwd=code,
            env={**os.environ, "DATABASE_URL": url},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(
            f"{engine}: {command[0]} by {name}: {time.perf_counter() - started:.1f} s", flush=True
        )
    return url


def _told(url):
    return json.loads(in_process_of(url, "bench.upgrade", "--inside"))


def _compare(upgraded, made_today):
    """Print how the two cities differ; returns whether they are equal in all that is compared."""
    ours, theirs = upgraded["problems"], made_today["problems"]
    lines = [("problems", len(ours), len(theirs), len(ours.keys() ^ theirs.keys()))]
    for place, column in enumerate(COLUMNS):
        differ = sum(row[place] != theirs[uid][place] for uid, row in ours.items() if uid in theirs)
        told = [_sum(column, [row[place] for row in rows.values()]) for rows in (ours, theirs)]
        lines.append((column, *told, differ))
    states = [
        json.dumps(dict(sorted(Counter(row[0] for row in rows.values()).items())))
        for rows in (ours, theirs)
    ]
    tables = {
        name: (count, made_today["tables"][name])
        for name, count in upgraded["tables"].items()
        if name not in UNLIKE
    }
    lines.append(
        (
            "rows of all other tables",
            *map(sum, zip(*tables.values(), strict=True)),
            sum(a != b for a, b in tables.values()),
        )
    )
    print(f"  {'':28}{'upgraded':>14}{'made today':>14}{'differ':>9}")
    for name, ours_told, theirs_told, differ in lines:
        print(f"  {name:28}{ours_told:>14}{theirs_told:>14}{differ:>9} {'✗' if differ else '✓'}")
    print(f"  states: {states[0]}{'' if states[0] == states[1] else ' ✗ ' + states[1]}")
    print(
        "".join(f"  {name}: {a} / {b}\n" for name, (a, b) in tables.items() if a != b),
        end="",
        flush=True,
    )
    return not any(differ for *_told, differ in lines)


def _sum(column, values):
    """A column in one number or word: how many are so, or the beginning of a digest of all values."""
    if column in {"is_overdue"}:
        return sum(values)
    if column in {"due_at", "overdue_from", "dispatching", "handling"}:
        return sum(value is not None for value in values)
    if column in {"head", "officer", "county"}:
        return sum(len(value.split()) for value in values)
    return hashlib.sha256("".join(sorted(map(str, values))).encode()).hexdigest()[:8]


def inside():
    """Print what the database of this process holds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.apps import apps

    from crm.models import User
    from visits.models import Problem
    from visits.problems.workflow.engine import possible_steps

    people = {user.pk: user for user in User.objects.select_related("unit")}
    heads = {
        user.unit_id: user
        for user in people.values()
        if user.role in {"station_head", "county_manager", "city_manager"}
    }
    problems = {}
    rows = Problem.objects.select_related("dispatch_unit", "unit", "lead_unit")
    for row in rows.iterator(chunk_size=2000):
        persons = (
            heads.get(row.unit_id),
            people.get(row.officer_id),
            heads.get(row.unit.parent_id),
        )
        problems[str(row.uid)] = [
            row.state,
            str(row.due_on),
            row.due_at and row.due_at.isoformat(),
            row.overdue_from and row.overdue_from.isoformat(),
            row.is_overdue,
            row.dispatch_unit and row.dispatch_unit.code,
            row.lead_unit and row.lead_unit.code,
            *(" ".join(step.name for step in possible_steps(row, person)) for person in persons),
        ]
    tables = {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in {"crm", "liaisons", "visits"}
    }
    print(json.dumps({"problems": problems, "tables": tables}))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options.add_argument("--releases", nargs="+", default=list(RELEASES))
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument(
        "--inside", action="store_true", help="print what DATABASE_URL holds as JSON"
    )
    chosen = options.parse_args()
    if chosen.inside:
        inside()
        return 0
    for release in chosen.releases:
        if subprocess.run(
            ["git", "cat-file", "-e", f"{release}^{{commit}}"], cwd=ROOT, stderr=subprocess.DEVNULL
        ).returncode:
            print(
                f"The code of {release} is not in this folder's git history: fetch the whole history, then run the drill again."
            )
            return 1
    return 0 if drill(chosen.engines, chosen.releases, chosen.scale) else 1


if __name__ == "__main__":
    sys.exit(main())
