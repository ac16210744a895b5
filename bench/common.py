"""What the measurements share: databases with a loaded city, medians taken in turn, and one sort of
line for results.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import database

ROOT = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("CRM_VAR_DIR") or ROOT / "var")
ENGINES = ("sqlite", "postgres")


@dataclass(frozen=True)
class Line:
    """One comparison: our time and the other's in milliseconds, their ratio, and the goal for it in
    words.
    """

    what: str
    ours: float
    other: float
    ratio: float
    goal: str
    reached: bool

    @classmethod
    def at_least(cls, what, ours, other, goal):
        """How many times as long the other takes; to be ``goal`` or more. Times in seconds."""
        ratio = other / ours
        return cls(what, ours * 1000, other * 1000, ratio, f"≥ {goal}", ratio >= goal)

    @classmethod
    def at_most(cls, what, ours, other, goal):
        """How many times the other's time we take; to be ``goal`` or less. Times in seconds."""
        ratio = ours / other
        return cls(what, ours * 1000, other * 1000, ratio, f"≤ {goal}", ratio <= goal)


def table(lines):
    """The lines as text, one under another."""
    head = f"{'':58}{'ours, ms':>10}{'other, ms':>12}{'ratio':>10}{'goal':>9}"
    rows = [
        f"{line.what:58}{line.ours:10.2f}{line.other:12.2f}{line.ratio:9.2f}×{line.goal:>9} {'✓' if line.reached else '✗'}"
        for line in lines
    ]
    return "\n".join([head, *rows])


def as_dicts(lines):
    """The lines for a JSON file."""
    return [asdict(line) for line in lines]


def medians(functions, rounds, once=()):
    """Name → the median of its seconds.

    All are called in turn, so that what slows the machine slows all alike.

    Those named in ``once`` are slow and are called in every fifth round only. A first round warms
    up and is not counted.
    """
    times = {name: [] for name in functions}
    for number in range(rounds + 1):
        for name, function in functions.items():
            if name in once and number % 5 != 1 and number > 0:
                continue
            started = time.perf_counter()
            function()
            if number:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def city(engine, visits, name):
    """The address of a database with the demonstration city, loaded once and kept.

    ``name`` names PostgreSQL's copy.
    """
    return database.city_copy(visits, name) if engine == "postgres" else _sqlite_city(visits)


def _sqlite_city(visits):
    """A SQLite file with the city, made anew when the migrations have changed.

    Only read from afterwards.
    """
    folder = VAR_DIR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path, note = folder / f"city_{visits}.sqlite3", folder / f"city_{visits}.made-by"
    url = f"sqlite:///{path}"
    if not note.exists() or note.read_text() != database.migrations_state():
        for old in folder.glob(f"city_{visits}.sqlite3*"):
            old.unlink()
        manage(url, "migrate", "--verbosity", "0")
        manage(url, "load_demo_city", "--visits", str(visits))
        note.write_text(database.migrations_state())
    return url


def manage(url, *arguments):
    """Run one of the project's commands on the database at ``url``."""
    subprocess.run(
        [sys.executable, "manage.py", *arguments, "--skip-checks"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def sizes_in_turn(engine, sizes, name, module, arguments, passes=3):
    """Size → what ``python -m module arguments(size)`` prints as JSON (name → number), the best of
    ``passes``.

    The sizes are asked in turn, each on its own copy of the city: other work on the machine can
    only add, and adds to all.
    """
    urls = {visits: city(engine, visits, f"{name}_{visits}") for visits in sizes}
    seen = {visits: [] for visits in sizes}
    try:
        for _number in range(passes):
            for visits, url in urls.items():
                seen[visits].append(json.loads(in_process_of(url, module, *arguments(visits))))
    finally:
        if engine == "postgres":
            for visits in sizes:
                database.drop(f"{name}_{visits}")
    return {
        visits: {what: min(one[what] for one in many) for what in many[0]}
        for visits, many in seen.items()
    }


def in_process_of(url, module, *arguments):
    """Run ``python -m module`` on the database at ``url`` and return what it prints last: one line
    of JSON, as text.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "CRM_LOG_LEVEL": "ERROR"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1]
