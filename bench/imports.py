"""The import of 6,000 real companies against django-import-export with its defaults, on the same
file.

    python -m bench.imports [--file ../shared/data/enterprises-shenzhen-2019.xlsx] [--engines sqlite
    postgres]

Ours is the whole of it: upload, reading in a process of its own, recognised columns, preview of
every row kept, write, search index, outbox, audit. The file is read once, as by our page, which
writes from the rows that it kept. Both begin with their modules loaded and nothing else: what is
kept from one import to the next is empty. The other's is what its own page does with a
ModelResource over the same model and the same seven columns: read with tablib, tried in a dry run
for the preview, then read again and imported row by row.
"""

import argparse
import datetime
import json
import os
import re
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path

from bench.common import ENGINES, VAR_DIR, Line, in_process_of, manage, table
from bench.database import drop, empty

FASTER, SECONDS = 20, 5
#: How often each is measured, on an empty database each time: the median counts. A moment's other
#: work is nothing to half a minute, and a good part of one second.
TIMES = {"ours": 5, "other": 1}
REAL = (
    Path(__file__).resolve().parent.parent.parent
    / "shared"
    / "data"
    / "enterprises-shenzhen-2019.xlsx"
)
HEADS = {
    "企业名称": "name",
    "统一社会信用代码": "credit_code",
    "成立日期": "founded_on",
    "住所": "address",
    "注册资本": "capital",
    "行政区划代码": "division",
    "登记状态": "status",
}


def measure(file=REAL, engines=ENGINES):
    """Measure on all engines; returns the lines, none without the file."""
    if not Path(file).exists():
        print(f"{file} is not there: the import is not measured.")
        return []
    lines = []
    for engine in engines:
        ours, other = (
            statistics.median(_seconds(engine, who, file) for _time in range(times))
            for who, times in TIMES.items()
        )
        lines.append(
            Line.at_least(f"{engine}: 6,000 rows / django-import-export", ours, other, FASTER)
        )
        lines.append(Line.at_most(f"{engine}: 6,000 rows / {SECONDS} s", ours, SECONDS, 1))
        changed, back = json.loads(
            in_process_of(
                _fresh(engine), "bench.imports", "--inside", "changed", "--file", str(file)
            )
        )
        lines.append(
            Line.at_most(
                f"{engine}: 6,000 rows that move to another division / {SECONDS} s",
                changed,
                SECONDS,
                1,
            )
        )
        lines.append(Line.at_most(f"{engine}: the same taken back / {SECONDS} s", back, SECONDS, 1))
        if engine == "postgres":
            drop("crm_bench_imports")
    return lines


def _seconds(engine, who, file):
    return json.loads(
        in_process_of(_fresh(engine), "bench.imports", "--inside", who, "--file", str(file))
    )


def _fresh(engine):
    """The address of an empty, migrated database."""
    if engine == "postgres":
        url = empty("crm_bench_imports")
    else:
        path = VAR_DIR / "bench" / "imports.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("imports.sqlite3*"):
            old.unlink()
        url = f"sqlite:///{path}"
    manage(url, "migrate", "--verbosity", "0")
    return url


def inside(who, file):
    """Import on the database of this process and print the seconds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    seconds = {"ours": ours, "other": textbook, "changed": changed}[who](file)
    from liaisons.models import Enterprise

    assert Enterprise.objects.count() == 6000, Enterprise.objects.count()
    print(json.dumps(seconds))


def ours(file):
    from crm.seeds import seed_divisions
    from liaisons.imports.committing import import_commit
    from liaisons.imports.services import import_read, import_upload

    seed_divisions()  # a city has its code tables before it imports
    started = time.perf_counter()
    batch = import_upload(name=file.name, content=[file.read_bytes()], by=None)
    import_read(batch=batch, by=None)
    import_commit(batch=batch, by=None)
    return time.perf_counter() - started


def changed(file):
    """The seconds of writing the file over enterprises of another division that have a year of
    visits, and of taking it back.
    """
    from django.db import connection

    from crm.models import Unit, User
    from liaisons.imports.committing import import_commit, import_undo
    from liaisons.imports.services import import_read, import_upload
    from liaisons.models import Enterprise, Officer
    from visits.models import Visit
    from visits.reporting.rollups import rebuild_rollups

    ours(file)
    unit = Unit.objects.create(
        name="某派出所", short_name="某所", code="44030001", kind=Unit.Kind.STATION
    )
    user = User.objects.create_user("0100001", "某", unit=unit)
    officer = Officer.objects.create(
        user=user, name="某", police_number="0100001", unit=unit, tier=Officer.Tier.STATION
    )
    Enterprise.objects.update(division="330302")
    today = datetime.date.today()
    for month in range(12):
        day = today - datetime.timedelta(days=30 * month + 1)
        started = datetime.datetime.combine(day, datetime.time(10), tzinfo=datetime.UTC)
        Visit.objects.bulk_create(
            Visit(
                enterprise_id=key,
                officer=officer,
                unit=unit,
                kind="door",
                started_at=started,
                held_on=day,
            )
            for key in Enterprise.objects.values_list("pk", flat=True)
        )
    rebuild_rollups()
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")
    batch = import_upload(name=file.name, content=[file.read_bytes()], by=None)
    import_read(batch=batch, by=None)
    assert batch.rows.filter(outcome="changed").count() == 6000, batch.counts
    times = [time.perf_counter()]
    for act in (import_commit, import_undo):
        batch = act(batch=batch, by=None)
        times.append(time.perf_counter())
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


def textbook(file):
    import tablib
    from import_export import resources

    from crm.seeds import seed_divisions
    from liaisons.models import Enterprise

    class EnterpriseResource(resources.ModelResource):
        class Meta:
            model = Enterprise
            import_id_fields = ["credit_code"]
            fields = [*HEADS.values()]

        def before_import_row(self, row, **kwargs):
            text = row["capital"] or ""
            row["capital"] = re.sub(r"[^\d.]", "", text) or None
            row["capital"] = row["capital"] and Decimal(row["capital"]) * 10_000
            row["division"] = row["division"].split()[-1].replace("440399", "440300")
            row["status"] = "active"

    seed_divisions()
    started = time.perf_counter()
    # Its page reads the file for the preview, and again when that is confirmed.
    for dry_run in (
        True,
        False,
    ):
        data = tablib.Dataset().load(file.read_bytes(), format="xlsx")
        data.headers = [HEADS.get(head, head) for head in data.headers]
        result = EnterpriseResource().import_data(data, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()
    return time.perf_counter() - started


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, default=REAL)
    options.add_argument("--engines", nargs="+", default=list(ENGINES))
    options.add_argument(
        "--inside",
        choices=("ours", "other", "changed"),
        help="measure on DATABASE_URL and print JSON",
    )
    chosen = options.parse_args()
    if chosen.inside:
        inside(chosen.inside, chosen.file)
        return 0
    print(table(measure(chosen.file, chosen.engines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
