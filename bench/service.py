"""The real service in processes of its own (web server, worker, beat), below a temporary folder:
for drills and tests.
"""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from bench.servers import free_port, listens, until

ROOT = Path(__file__).resolve().parent.parent


class Service:
    """The service on a database and a broker.

    ``var`` is its folder, in which each process has a log.
    """

    def __init__(self, var, **variables):
        self.var, self.port = Path(var), free_port()
        self.var.mkdir(exist_ok=True)
        self.processes = {}
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
            },
            "CRM_VAR_DIR": str(var),
            "CRM_PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            "C_FORCE_ROOT": "1",
            "PYTHONUNBUFFERED": "1",
            **variables,
        }

    def manage(self, *arguments, check=True):
        """Run one management command; what it did."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=check, capture_output=True, text=True
        )

    def python(self, code):
        """What ``code`` prints, run within the service."""
        return self.manage("shell", "--no-imports", "-c", code).stdout

    def start(self, *names):
        """Start processes by name, by default all."""
        python = [sys.executable, "-m"]
        commands = {
            "web": [
                *python,
                "granian",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--workers",
                "2",
                "--blocking-threads",
                "4",
                "--no-ws",
                "--log-level",
                "warning",
                "crm.wsgi:application",
            ],
            "worker": [
                *python,
                "celery",
                "--quiet",
                "-A",
                "crm",
                "worker",
                "--pool",
                "prefork",
                "--concurrency",
                "1",
                "-l",
                "WARNING",
            ],
            "beat": [
                *python,
                "celery",
                "--quiet",
                "-A",
                "crm",
                "beat",
                "-l",
                "WARNING",
                "-s",
                str(self.var / "beat"),
                "--pidfile",
                "",
            ],
        }
        for name in names or commands:
            with (self.var / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    commands[name],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "web" in self.processes:
            until(lambda: listens(self.port), "The web server")

    def ended(self):
        """The names of the processes that have ended by themselves."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def stop(self):
        for process in self.processes.values():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.processes = {}


@contextmanager
def serving(service, *names):
    """``service``, started, and ended whatever happens."""
    service.start(*names)
    try:
        yield service
    finally:
        service.stop()
