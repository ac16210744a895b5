"""A worker is killed in the middle of an export.

Another finishes it, and the file is there once.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SETUP = """
from crm.models import Unit, User
from crm.documents.exports import export_order
from django.http import QueryDict
root = Unit.objects.create(code="3303", name="市局", short_name="市局", kind="city_bureau")
Unit.objects.bulk_create(
    Unit(code=f"D{n}", name=f"单位{n}", short_name="单位", kind="department", parent=root, level=1, path=f"/3303/D{n}/")
    for n in range(40000)
)
user = User.objects.create_user("1", "陈局", role="city_manager", unit=root)
print(export_order(name="unit_list", query=QueryDict(""), file_format="csv", by=user).pk)
"""


@pytest.fixture
def apart(tmp_path):
    """The environment of a service of its own below a temporary folder: SQLite, the broker in
    files, a short lease.
    """
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "CELERY_BROKER_URL"}
    }
    environment = {
        **kept,
        "CRM_VAR_DIR": str(tmp_path),
        "CRM_JOB_LEASE_SECONDS": "2",
        "CRM_LOG_LEVEL": "ERROR",
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True
    )
    return environment


@contextmanager
def worker(environment):
    """A Celery worker in a process of its own, with the clock that relays what is undone."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "crm",
        "worker",
        "-c1",
        "-P",
        "solo",
        "-B",
        "-l",
        "error",
    ]
    command += ["-s", f"{environment['CRM_VAR_DIR']}/beat"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # with its clock, which is a process of its own
        process.wait()


def job_when(environment, reached, seconds=60):
    """The job's ``(state, attempts, done, total, file)`` once ``reached`` is true of it."""
    ends = time.monotonic() + seconds
    with closing(
        sqlite3.connect(f"{environment['CRM_VAR_DIR']}/crm.sqlite3", timeout=20)
    ) as database:
        while time.monotonic() < ends:
            row = database.execute(
                "SELECT state, attempts, done, total, file FROM crm_job"
            ).fetchone()
            if reached(*row):
                return row
            time.sleep(0.02)
    pytest.fail(f"the job did not come so far: {row}")


def test_a_killed_workers_export_is_finished_by_another_and_is_there_once(apart):
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", SETUP],
        cwd=ROOT,
        env=apart,
        check=True,
    )
    with worker(apart):
        state, attempts, done, total, file = job_when(
            apart, lambda state, attempts, done, total, file: done > 0
        )
        assert state == "running" and done < total and not file
    with worker(apart):
        state, attempts, done, total, file = job_when(apart, lambda state, *rest: state == "done")
    assert attempts == 2 and done == total == 40001
    made = list((Path(apart["CRM_VAR_DIR"]) / "media/exports").iterdir())
    assert [f"exports/{path.name}" for path in made] == [file]
    assert len(made[0].read_text(encoding="utf-8-sig").splitlines()) == 1 + 40001
