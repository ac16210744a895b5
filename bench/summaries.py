"""PDF summaries: one against WeasyPrint rendering the finished HTML alone, and many by one worker against two.

    python -m bench.summaries [--rounds 12] [--many 200]

The workers are real processes on a database and a broker of their own; each summary is a job of its own.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

from bench.common import ROOT, VAR_DIR, Line, in_process_of, manage, medians, table

DEARER, PARALLEL = 1.15, 1.8


def measure(rounds=12, many=200):
    """Measure on SQLite; returns the lines."""
    url, folder = _city()
    seconds = json.loads(in_process_of(url, "bench.summaries", "--inside", "one", "--rounds", str(rounds)))
    lines = [Line.at_most("one PDF, the whole job / WeasyPrint alone", seconds["job"], seconds["alone"], DEARER)]
    taken = {workers: _by_workers(url, folder, workers, many) for workers in (1, 2)}
    lines.append(Line.at_least(f"{many} summaries: two workers / one", taken[2], taken[1], PARALLEL))
    return lines


def _city():
    """A small city of its own, loaded once."""
    folder = VAR_DIR / "bench" / "summaries"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'crm.sqlite3'}"
    os.environ["CRM_VAR_DIR"] = str(folder)
    manage(url, "migrate", "--verbosity", "0")
    manage(url, "load_demo_city", "--scale", "0.1")
    return url, folder


def _by_workers(url, folder, workers, many):
    """Seconds that ``workers`` processes need for ``many`` summaries; they are warm before the clock starts."""
    environment = {**os.environ, "DATABASE_URL": url, "CRM_VAR_DIR": str(folder), "CRM_LOG_LEVEL": "ERROR"}
    command = [
        sys.executable, "-m", "celery", "--quiet", "-A", "crm", "worker", "--concurrency", str(workers), "--loglevel", "ERROR",
        "--without-mingle", "--without-gossip", "--without-heartbeat", "-n", f"bench{workers}@%h",
    ]  # fmt: skip
    worker = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        in_process_of(url, "bench.summaries", "--inside", "many", "--many", str(4 * workers))
        return json.loads(in_process_of(url, "bench.summaries", "--inside", "many", "--many", str(many)))["seconds"]
    finally:
        worker.terminate()
        worker.wait(30)


def inside(what, rounds, many):
    """Measure in this process and print JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    print(json.dumps(one(rounds) if what == "one" else ordered(many)))


def _order(visit, user):
    """A job for one visit's summary, in the way the page orders it, but never an earlier one again."""
    import uuid

    from crm.jobs import order_job
    from visits.transitions import summaries

    job = summaries.summary_order(of="visit", target=visit, by=user)
    if job.state == "done":
        return order_job(job.kind, by=user, title=job.title, params=job.params, uid=uuid.uuid4())
    return job


def one(rounds):
    """Median seconds of the whole job, and of WeasyPrint alone on the HTML that the job rendered."""
    from unittest import mock

    from crm import jobs, pdf
    from crm.models import User
    from visits.models import Visit

    user = User.objects.get(police_number="033001")
    visit = Visit.objects.visible_to(user).filter(problem_count__gt=0).order_by("pk").first()
    pages = []
    original = pdf.render_html

    def kept(html, **options):
        pages.append((html, options))
        return original(html, **options)

    with mock.patch.object(jobs, "wake", lambda job_id: None):
        pdf.warm()
        with mock.patch.object(pdf, "render_html", kept):
            jobs.perform_job(_order(visit, user).pk)
        html, options = pages[-1]

        done = _order(visit, user)
        spare = [jobs.order_job(done.kind, by=user, title=done.title, params=done.params).pk for _round in range(rounds + 1)]

        def whole_job():
            assert jobs.perform_job(spare.pop())

        return medians({"job": whole_job, "alone": lambda: original(html, **options)}, rounds)


def ordered(many):
    """Seconds from the order of ``many`` summaries until the last is there."""
    from crm.models import Job, User
    from visits.models import Visit

    user = User.objects.get(police_number="033004")
    visits = list(Visit.objects.visible_to(user).order_by("?")[:many])
    started = time.perf_counter()
    keys = [_order(visit, user).pk for visit in visits]
    while Job.objects.filter(pk__in=keys).exclude(state__in=("done", "failed")).exists():
        time.sleep(0.05)
    assert not Job.objects.filter(pk__in=keys, state="failed").exists()
    return {"seconds": time.perf_counter() - started}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--many", type=int, default=200)
    options.add_argument("--inside", choices=("one", "many"), help="measure on DATABASE_URL and print JSON")
    chosen = options.parse_args()
    if chosen.inside:
        inside(chosen.inside, chosen.rounds, chosen.many)
        return 0
    print(table(measure(chosen.rounds, chosen.many)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
