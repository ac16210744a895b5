"""PDF summaries: one against WeasyPrint rendering the finished HTML alone, and many by one worker
against two.

    python -m bench.summaries [--rounds 12] [--many 1000] [--engines sqlite postgres]

The workers are real processes on a database and a broker of their own; each summary is a job of its
own. All are ordered before the workers start; measured is from the moment the first is begun until
the last is there.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

from bench.common import ENGINES, ROOT, VAR_DIR, Line, in_process_of, manage, medians, table
from bench.database import city_copy, drop

DEARER, PARALLEL = 1.15, 1.8
DATABASE = "crm_bench_summaries"
REDIS = os.environ.get("BROKER_URL_REDIS", "redis://127.0.0.1:6379/7")


def measure(rounds=12, many=1000, engines=ENGINES):
    """Measure on all engines; returns the lines."""
    lines = []
    for engine in engines:
        url = _city(engine)
        seconds = json.loads(
            in_process_of(url, "bench.summaries", "--inside", "one", "--rounds", str(rounds))
        )
        lines.append(
            Line.at_most(
                f"{engine}: one PDF, the whole job / WeasyPrint alone",
                seconds["job"],
                seconds["alone"],
                DEARER,
            )
        )
        taken = {workers: _by_workers(url, workers, many) for workers in (1, 2)}
        lines.append(
            Line.at_least(
                f"{engine}: {many} summaries: two workers / one", taken[2], taken[1], PARALLEL
            )
        )
        if engine == "postgres":
            drop(DATABASE)
    return lines


def _city(engine):
    """The address of a city of its own.

    Files and the embedded broker lie in a folder of their own.
    """
    folder = VAR_DIR / "bench" / "summaries"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["CRM_VAR_DIR"] = str(folder)
    if engine == "postgres":
        os.environ["CELERY_BROKER_URL"] = REDIS
        return city_copy(200_000, DATABASE)
    os.environ.pop("CELERY_BROKER_URL", None)
    url = f"sqlite:///{folder / 'crm.sqlite3'}"
    manage(url, "migrate", "--verbosity", "0")
    manage(url, "load_demo_city", "--scale", "0.1")
    return url


def _by_workers(url, workers, many):
    """Seconds that ``workers`` processes need for ``many`` summaries that wait for them."""
    keys = json.loads(
        in_process_of(url, "bench.summaries", "--inside", "order", "--many", str(many))
    )
    command = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "crm",
        "worker",
        "--concurrency",
        str(workers),
        "--loglevel",
        "ERROR",
        "--without-mingle",
        "--without-gossip",
        "--without-heartbeat",
        "-n",
        f"bench{workers}@%h",
    ]
    worker = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "CRM_LOG_LEVEL": "ERROR"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return json.loads(
            in_process_of(
                url,
                "bench.summaries",
                "--inside",
                "wait",
                "--first",
                str(keys[0]),
                "--many",
                str(many),
            )
        )
    finally:
        worker.terminate()
        worker.wait(30)


def inside(chosen):
    """Do one step in this process and print JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    match chosen.inside:
        case "one":
            print(json.dumps(one(chosen.rounds)))
        case "order":
            print(json.dumps(ordered(chosen.many)))
        case "wait":
            print(json.dumps(awaited(chosen.first, chosen.many)))


def _order(visit, user):
    """A job for one visit's summary, in the way the page orders it, but never an earlier one again."""
    import uuid

    from crm.jobs.queue import order_job
    from visits.summaries import services as summaries

    job = summaries.summary_order(of="visit", target=visit, by=user)
    if job.state == "done":
        return order_job(job.kind, by=user, title=job.title, params=job.params, uid=uuid.uuid4())
    return job


def one(rounds):
    """Median seconds of the whole job, and of WeasyPrint alone on the HTML that the job rendered."""
    from unittest import mock

    from crm.documents import pdf
    from crm.jobs import performing, queue
    from crm.models import User
    from visits.models import Visit
    from visits.summaries.work import CSS

    user = User.objects.get(police_number="033001")
    visit = Visit.objects.visible_to(user).filter(problem_count__gt=0).order_by("pk").first()
    pages = []
    original = pdf.render_html

    def kept(html, **options):
        pages.append((html, options))
        return original(html, **options)

    with mock.patch.object(queue, "wake", lambda job_id: None):
        pdf.warm(CSS)
        with mock.patch.object(pdf, "render_html", kept):
            performing.perform_job(_order(visit, user).pk)
        html, options = pages[-1]

        done = _order(visit, user)
        spare = [
            queue.order_job(done.kind, by=user, title=done.title, params=done.params).pk
            for _round in range(rounds + 1)
        ]

        def whole_job():
            assert performing.perform_job(spare.pop())

        return medians({"job": whole_job, "alone": lambda: original(html, **options)}, rounds)


def ordered(many):
    """Order the summaries of ``many`` visits; returns the jobs' keys."""
    from crm.models import User
    from visits.models import Visit

    user = User.objects.get(police_number="033004")
    return [
        _order(visit, user).pk for visit in Visit.objects.visible_to(user).order_by("-pk")[:many]
    ]


def awaited(first, many):
    """Seconds from the beginning of the earliest of ``many`` jobs, of which ``first`` has the
    smallest key, to the end of the last.
    """
    from django.db.models import Max, Min

    from crm.models import Job

    queue = Job.objects.filter(pk__gte=first)
    while queue.filter(state="done").count() < many:
        if queue.filter(state="failed").exists():
            raise SystemExit("A summary failed.")
        time.sleep(1)
    taken = queue.aggregate(begun=Min("started_at"), ended=Max("finished_at"))
    return (taken["ended"] - taken["begun"]).total_seconds()


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--many", type=int, default=1000)
    options.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    options.add_argument("--first", type=int, help=argparse.SUPPRESS)
    options.add_argument("--inside", choices=("one", "order", "wait"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside:
        inside(chosen)
        return 0
    lines = measure(chosen.rounds, chosen.many, chosen.engines)
    print(table(lines))
    return 0 if all(line.reached for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
