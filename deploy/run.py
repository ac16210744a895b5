"""`make run`: the whole product on this machine, ended by one Ctrl-C.

Prepares the database (migrations, dictionaries, the demonstration city), then keeps the web server,
the Celery worker and beat running side by side. Ends with 0 when it was asked to stop, with 1 and
one sentence when it cannot start.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CRM_VAR_DIR") or ROOT / "var")
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
PATIENCE = 10  # seconds a process has to end by itself
SLOW_START = 60  # seconds after which a web server that does not answer is worth a word
STEADY = 60  # a process that ran so many seconds is started again without a longer pause


def sentence(text):
    """Say one sentence and stop."""
    print(f"✗ {text}", file=sys.stderr)
    sys.exit(1)


def only_one():
    """Hold a lock as long as this process lives, so that a second `make run` here is refused."""
    os.umask(0o077)  # what the service keeps is for its user alone
    VAR.mkdir(parents=True, exist_ok=True)
    file = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sentence(
            "It is already running from this folder; end the other one first (Ctrl-C in its window)."
        )
    return file


def require_free_port():
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        sentence(f"PORT is a number from 1 to 65535, not “{PORT}”; for example: make run PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except PermissionError:
            sentence(f"Port {PORT} is reserved for root; choose a higher one: make run PORT=8001")
        except OSError:
            sentence(
                f"Port {PORT} is taken by another program; choose one that is free: make run PORT=8001"
            )


def environment():
    return {
        "CRM_PUBLIC_BASE_URL": f"http://{HOST}:{PORT}",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "C_FORCE_ROOT": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


class Ended(Exception):
    """Somebody asked to stop (Ctrl-C, SIGTERM, a closed terminal)."""


class Wishes:
    """What the signals asked for: once to end, a second time to end at once."""

    count = 0

    @classmethod
    def listen(cls):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, cls.noted)

    @classmethod
    def noted(cls, *_):
        cls.count += 1


def manage(*arguments, quiet=False):
    """Run one management command, in its own group so that a Ctrl-C reaches it through us.

    Give back what it printed.

    A command that fails ends this programme with its code; a wish to stop ends the command (what it
    was writing is rolled back, and the next `make run` does it again).
    """
    command = [sys.executable, "manage.py", *arguments, "--skip-checks"]
    out = subprocess.PIPE if quiet else None
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=out,
        text=True,
        start_new_session=True,
    )
    while True:
        try:
            printed, _ = process.communicate(timeout=0.1)
            break
        except subprocess.TimeoutExpired:
            if Wishes.count:
                end_group(process)
                raise Ended from None
    if process.returncode:
        sys.exit(process.returncode)
    return printed


def end_group(process):
    """End a process and whatever it started, whether it still runs or has just died."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def commands():
    """Name → command of every process."""
    python = [sys.executable, "-m"]
    return {
        "web": [
            *python,
            "granian",
            "--interface",
            "wsgi",
            "--host",
            HOST,
            "--port",
            PORT,
            "--workers",
            "1",
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
            "2",
            "--loglevel",
            "WARNING",
            "--without-mingle",
            "--without-gossip",
            "--without-heartbeat",
            "-n",
            f"crm{os.getpid()}@%h",
        ],
        "beat": [
            *python,
            "celery",
            "--quiet",
            "-A",
            "crm",
            "beat",
            "--loglevel",
            "WARNING",
            "--schedule",
            str(VAR / "beat"),
            "--pidfile",
            "",
        ],
    }


class Service:
    """One process in a group of its own, started again after a growing pause when it ends by
    itself.
    """

    def __init__(self, name, command):
        self.name, self.process, self.pause, self.due = name, None, 1, 0.0
        # Were this programme killed outright, the kernel would tell the process to end: nothing
        # stays behind.
        setpriv = shutil.which("setpriv")
        self.command = [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command

    def start(self):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        # The lines have a thread of their own: a child of a dead process may hold the pipe open.
        threading.Thread(target=self.show, args=(self.process.stdout,), daemon=True).start()

    def show(self, lines):
        for line in lines:
            if line.strip() and not Wishes.count:
                say(f"{self.name:>6} | {line.rstrip()}")

    def watch(self):
        """Start the process when it is due.

        When it has ended by itself, end its children and choose the next time.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            end_group(self.process)
            self.process = None
            self.pause = 1 if now - self.started > STEADY else min(self.pause * 2, 30)
            self.due = now + self.pause
            say(
                f"{self.name:>6} | ended by itself with {code}; starting it again in {self.pause} s"
            )

    def ask_to_end(self):
        """Only the first process of the group is asked: Celery lets its children finish the job in
        hand.
        """
        if self.process and self.process.poll() is None:
            self.process.terminate()

    @property
    def ended(self):
        return self.process is None or self.process.poll() is not None


def say(line):
    try:
        print(line, flush=True)
    except OSError:
        pass  # nobody reads any more; the pipes of the processes are emptied all the same


def stop(services):
    """Ask every process to end.

    After ten seconds, or a second Ctrl-C, make those end that did not.
    """
    wishes, until = Wishes.count, time.monotonic() + PATIENCE
    for service in services:
        service.ask_to_end()
    while (
        not all(service.ended for service in services)
        and time.monotonic() < until
        and Wishes.count == wishes
    ):
        time.sleep(0.05)
    for service in services:
        if service.process:
            end_group(service.process)


def answers():
    with socket.socket() as probe:
        return probe.connect_ex((HOST, int(PORT))) == 0


def welcome(logins):
    """Where to look and who to log in as."""
    rule = "─" * 100
    return "\n".join(
        [
            "",
            rule,
            f"  打开 / Open   http://{HOST}:{PORT}/",
            "  结束 / End    Ctrl-C",
            "",
            logins.rstrip(),
            rule,
            "",
        ]
    )


def keep_running(services, logins):
    """Until somebody asks to stop. The welcome comes when the web server answers."""
    started, welcomed, warned = time.monotonic(), False, False
    while not Wishes.count:
        for service in services:
            service.watch()
        if not welcomed and answers():
            say(welcome(logins))
            welcomed = True
        elif not welcomed and not warned and time.monotonic() - started > SLOW_START:
            say(f"The web server has not answered for {SLOW_START} s; its lines above say why.")
            warned = True
        time.sleep(0.2)


def main():
    lock = only_one()
    require_free_port()
    Wishes.listen()
    services = []
    try:
        manage("migrate", "--verbosity", "0")
        manage("check_keys")
        manage("load_demo_city")
        logins = manage("demo_logins", quiet=True)
        services = [Service(name, command) for name, command in commands().items()]
        keep_running(services, logins)
    except Ended:
        pass
    finally:
        if Wishes.count:
            say("\nEnding …")
        stop(services)
        lock.close()


if __name__ == "__main__":
    main()
