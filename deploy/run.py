"""`make run`: the whole product on this machine, ended by one Ctrl-C.

Prepares the database (migrations, dictionaries, the demonstration city), then keeps the web server, the Celery worker
and beat running side by side. Ends with 0 when it was asked to stop, with 1 and one sentence when it cannot start.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CRM_VAR_DIR") or ROOT / "var")
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
BIN = Path(sys.executable).parent
PATIENCE = 10  # seconds a process has to end by itself


def sentence(text):
    """Say one sentence and stop."""
    print(f"✗ {text}", file=sys.stderr)
    sys.exit(1)


def only_one():
    """Hold a lock as long as this process lives, so that a second `make run` here is refused."""
    VAR.mkdir(parents=True, exist_ok=True)
    file = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sentence("It is already running from this folder; end the other one first (Ctrl-C in its window).")
    return file


def require_free_port():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            sentence(f"Port {PORT} is taken by another program; choose one that is free: make run PORT=8001")


def manage(*arguments):
    """Run one management command and stop with its code when it fails."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment())
    if done.returncode:
        sys.exit(done.returncode)


def environment():
    return {"CRM_PUBLIC_BASE_URL": f"http://{HOST}:{PORT}", **os.environ, "PYTHONUNBUFFERED": "1", "C_FORCE_ROOT": "1"}


def services():
    """Name → command of every process."""
    return {
        "web": [BIN / "granian", "--interface", "wsgi", "--host", HOST, "--port", str(PORT), "--workers", "1",
                "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "crm.wsgi:application"],
        "worker": [BIN / "celery", "--quiet", "-A", "crm", "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-mingle",
                   "--without-gossip", "--without-heartbeat", "-n", f"crm{os.getpid()}@%h"],
        "beat": [BIN / "celery", "--quiet", "-A", "crm", "beat", "--loglevel", "WARNING", "--schedule", str(VAR / "beat"),
                 "--pidfile", ""],
    }  # fmt: skip


class Service(threading.Thread):
    """One process, started again with a growing pause when it ends by itself."""

    def __init__(self, name, command, stopping):
        super().__init__(daemon=True)
        self.label, self.command, self.stopping, self.process = name, [str(part) for part in command], stopping, None

    def run(self):
        pause = 1
        while not self.stopping.is_set():
            started = time.monotonic()
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
            for line in self.process.stdout:
                if not self.stopping.is_set():
                    print(f"{self.label:>6} | {line.rstrip()}", flush=True)
            code = self.process.wait()
            if self.stopping.is_set():
                return
            pause = 1 if time.monotonic() - started > 60 else min(pause * 2, 30)
            print(f"{self.label:>6} | ended with {code}; starting it again in {pause} s", flush=True)
            self.stopping.wait(pause)

    def signal(self, number):
        if self.process and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    @property
    def ended(self):
        return self.process is None or self.process.poll() is not None


def stop(all_services):
    """Ask every process to end, then make those end that did not."""
    for service in all_services:
        service.signal(signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not all(service.ended for service in all_services):
        time.sleep(0.1)
    for service in all_services:
        service.signal(signal.SIGKILL)


def wait_until_it_answers(stopping):
    for _attempt in range(100):
        if stopping.wait(0.2):
            return
        with socket.socket() as probe:
            if probe.connect_ex((HOST, PORT)) == 0:
                return


def main():
    lock = only_one()
    require_free_port()
    manage("migrate", "--verbosity", "0", "--skip-checks")
    manage("load_demo_city", "--skip-checks")
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    running = [Service(name, command, stopping) for name, command in services().items()]
    for service in running:
        service.start()
    wait_until_it_answers(stopping)
    if not stopping.is_set():
        address = f"http://{HOST}:{PORT}/"
        print(f"\n  打开 / open   {address}   (Ctrl-C 结束 / ends it)\n", flush=True)
        manage("demo_logins", "--skip-checks")
    stopping.wait()
    print("\nEnding …", flush=True)
    stop(running)
    lock.close()


if __name__ == "__main__":
    main()
