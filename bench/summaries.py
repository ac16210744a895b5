"""PDF summaries: one by a job against WeasyPrint alone, and a thousand by two workers against one.

    python -m bench.summaries [--rounds 60] [--summaries 1000] [--engines sqlite postgres]

"Alone" is WeasyPrint given the finished HTML, its style within it, in a process whose fonts are read already; the job
claims its row, reads the visit, draws the code, fills the template, renders, writes the file and what it was made from.
The workers are Celery's; their time is from the first part's start to the last one's end.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.common import ENGINES, ROOT, Line, city, in_process_of, table
from bench.database import drop

VISITS = 20_000
ALONE, WORKERS = 1.15, 1.8


def measure(rounds=60, summaries=1000, engines=ENGINES):
    """Measure on all engines; returns the lines."""
    return [line for engine in engines for line in _measured(engine, rounds, summaries)]


def _measured(engine, rounds, summaries):
    name = "crm_bench_summaries"
    kept = {key: os.environ.get(key) for key in ("CRM_VAR_DIR", "CELERY_BROKER_URL")}
    url = city(engine, VISITS, name)
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            url = f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder)}"
        shutil.copy(_data_key(), folder)
        os.environ |= {"CRM_VAR_DIR": folder, "CELERY_BROKER_URL": ""}
        try:
            found = json.loads(in_process_of(url, "bench.summaries", "--inside", "--rounds", str(rounds)))
            one, two = (_seconds_of_workers(url, summaries, count) for count in (1, 2))
        finally:
            os.environ.update({key: value for key, value in kept.items() if value is not None})
            for key in [key for key, value in kept.items() if value is None]:
                del os.environ[key]
            if engine == "postgres":
                drop(name)
    return [
        Line.at_most(f"{engine}, one summary: job / WeasyPrint alone", found["job"], found["alone"], ALONE),
        Line.at_least(f"{engine}, {summaries:,} summaries: two workers / one", two, one, WORKERS),
    ]


def _data_key():
    return Path(os.environ.get("CRM_VAR_DIR") or ROOT / "var") / "data.key"


def inside(rounds):
    """Jobs and WeasyPrint alone in turn, on visits of which each is rendered once; prints medians as JSON."""
    _set_up()
    from django.template.loader import render_to_string
    from weasyprint import HTML

    from crm import pdf
    from crm.jobs import perform_job
    from crm.models import Job
    from visits.models import Visit
    from visits.summaries.content import single, with_facts
    from visits.transitions.summaries import summary_order

    by = _orderer()
    style = (ROOT / "templates/pdf/summary.css").read_text(encoding="utf-8")
    seconds = {"job": [], "alone": []}
    for number, visit in enumerate(with_facts(Visit.objects.visible_to(by).order_by("pk"))[: 2 * rounds + 20]):
        job = summary_order(of="visit", target=visit, by=by)
        if number % 2:
            started = time.perf_counter()
            perform_job(job.pk)
        else:
            words = single(visit, Job.objects.select_related("owner__unit").get(pk=job.pk))
            html = render_to_string("pdf/summary.html", words).replace("</head>", f"<style>{style}</style></head>")
            started = time.perf_counter()
            HTML(string=html).write_pdf(font_config=pdf.fonts())
        if number >= 20:  # what comes before warms fonts and plans
            seconds["job" if number % 2 else "alone"].append(time.perf_counter() - started)
    print(json.dumps({name: statistics.median(values) for name, values in seconds.items()}))


def _seconds_of_workers(url, summaries, workers):
    """Order so many summaries, let so many Celery processes make them, and return the seconds they took."""
    environment = {**os.environ, "DATABASE_URL": url, "CRM_LOG_LEVEL": "ERROR"}
    parent = in_process_of(url, "bench.summaries", "--order", str(summaries))
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--quiet", "-A", "crm", "worker", "--concurrency", str(workers), "--loglevel", "ERROR",
         "--without-mingle", "--without-gossip", "--without-heartbeat"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        return json.loads(in_process_of(url, "bench.summaries", "--wait", parent))
    finally:
        worker.terminate()
        worker.wait(30)


def order(summaries):
    """Order summaries of so many visits as parts of one job; prints the job's key."""
    _set_up()
    import uuid

    from crm.jobs import order_parts
    from crm.models import Job
    from visits.models import Visit
    from visits.summaries.content import single_words

    by = _orderer()
    parent = Job.objects.create(kind="summary_zip", owner=by, title="bench", state=Job.State.CANCELLED)
    visits = Visit.objects.visible_to(by).select_related("enterprise").order_by("-pk")[:summaries]
    params = [{"of": "visit", "target": str(visit.uid)} | single_words(visit) for visit in visits]
    order_parts(parent, "summary_part", [(uuid.uuid4(), "bench", values) for values in params])
    print(parent.pk)


def wait(parent):
    """Wait until all parts of the job are made; prints the seconds from the first start to the last end."""
    _set_up()
    from django.db.models import Max, Min

    from crm.jobs import UNDONE
    from crm.models import Job

    parts = Job.objects.filter(parent=parent)
    while parts.filter(state__in=UNDONE).exists():
        time.sleep(0.5)
    assert not parts.exclude(state=Job.State.DONE).exists(), "a part was not made"
    times = parts.aggregate(first=Min("started_at"), last=Max("finished_at"))
    print((times["last"] - times["first"]).total_seconds())


def _set_up():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.utils import translation

    translation.activate("zh-hans")


def _orderer():
    """A manager who sees the whole city."""
    from crm.models import Role, User

    return User.objects.select_related("unit").filter(role=Role.CITY_MANAGER, unit__level=0).first()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--summaries", type=int, default=1000)
    options.add_argument("--engines", nargs="+", default=list(ENGINES))
    options.add_argument("--inside", action="store_true", help="measure on DATABASE_URL and print JSON")
    options.add_argument("--order", type=int, help="order so many parts on DATABASE_URL and print their parent")
    options.add_argument("--wait", type=int, help="wait for the parts of this parent and print their seconds")
    chosen = options.parse_args()
    if chosen.inside:
        inside(chosen.rounds)
    elif chosen.order:
        order(chosen.order)
    elif chosen.wait:
        wait(chosen.wait)
    else:
        print(table(measure(chosen.rounds, chosen.summaries, chosen.engines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
