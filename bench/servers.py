"""Servers of one's own, on free ports and below a temporary folder, that may be stopped and killed:
for drills and tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30  # seconds


def free_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true, what):
    """Wait until ``true()``; TimeoutError that names ``what`` after PATIENCE seconds."""
    ends = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} took longer than {PATIENCE} s.")
        time.sleep(0.02)


class Redis:
    """A Redis server without files. ``binary`` is None where the machine has none."""

    binary = shutil.which("redis-server")

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        command = [
            self.binary,
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            "/tmp",
        ]  # noqa: S108
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: listens(self.port), "Redis")

    def stop(self):
        """Kill it: nobody is told good-bye, and what it held is gone."""
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self):
        """Let it take connections and answer nothing."""
        self.process.send_signal(signal.SIGSTOP)


def postgres_tools():
    """The folder of PostgreSQL's server programmes of the newest version.

    None where the machine has none.
    """
    found = [Path(path).parent for path in (shutil.which("initdb"),) if path]
    found += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name.split(".")[0]),
        reverse=True,
    )
    return next((path for path in found if (path / "initdb").exists()), None)


class Postgres:
    """A PostgreSQL server of its own below ``folder``.

    Run as root it belongs to the user postgres, for it refuses root.
    """

    def __init__(self, folder, *options):
        self.tools, self.port, self.options = postgres_tools(), free_port(), options
        self.folder = Path(folder) / "postgres"
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            for parent in self.folder.parents[:3]:
                parent.chmod(parent.stat().st_mode | 0o011)
        self._run(
            "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale",
            "C.UTF-8",
        )

    def url(self, name="postgres"):
        """The address of a database of it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self):
        own = " ".join(
            [
                f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''",
                *self.options,
            ]
        )
        self._run(
            "pg_ctl",
            "-D",
            self.folder / "data",
            "-o",
            own,
            "-l",
            self.folder / "log",
            "-w",
            "start",
        )

    def stop(self, mode="immediate"):
        """Stop it as a power cut does (``immediate``) or politely (``fast``)."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop", check=False)

    def _run(self, program, *arguments, check=True):
        command = [str(self.tools / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def running(server):
    """``server``, started, and stopped in the end whatever happens."""
    server.start()
    try:
        yield server
    finally:
        server.stop()
