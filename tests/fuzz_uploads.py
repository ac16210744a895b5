"""Mutated files through every route of a real service: granian, a Celery worker, a database of their
own.

    python -m tests.fuzz_uploads [--files 3000] [--seed 1]         (make fuzz-uploads)

It counts the answers by route and status, and looks at the web process all the while: whether it is
still the same one, and how much memory it takes. At the end every upload must have been checked.
Ends with 1 when an answer was 5xx, a process ended, the web process grew by more than 64 MB, or a
check failed or was left undone. With ``--large`` it first measures a picture of 63 megapixels and a
document of 20 MB.
"""

import argparse
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_GROWTH = 64  # MB
WARM_UP = 64  # files before the memory is compared: what is loaded once is loaded then
BOUNDARY = "fuzz-fuzz-fuzz"


class OverHTTP:
    """The house as its web server is reached; see tests.fuzz_uploading for what a Site is."""

    def __init__(self, port):
        from api.tokens.services import token_issue
        from tests.cast import build_cast

        self.port, self.cast, self.sessions = port, build_cast(), {}
        _row, self.token = token_issue(name="fuzz", days=1, by=self.cast.li)
        self.took = 0.0

    def send(self, who, address, fields, files):
        from django.core.files.uploadedfile import SimpleUploadedFile
        from django.test.client import encode_multipart

        uploads = {field: SimpleUploadedFile(name, content) for field, name, content in files}
        body = encode_multipart(BOUNDARY, {**fields, **uploads})
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Host": "127.0.0.1",
            **self.proof(who),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.monotonic()
        connection.request("POST", address, body, headers)
        answer = connection.getresponse()
        answer.read()
        self.took = time.monotonic() - started
        connection.close()
        return answer.status

    def proof(self, who):
        """The headers that say who sends: a token, or a session and the form's own proof."""
        if isinstance(who, str):
            return {"Authorization": f"Bearer {who}"}
        if who not in self.sessions:
            self.sessions[who] = self.session(who)
        return self.sessions[who]

    def session(self, who):
        from django.middleware.csrf import get_token
        from django.test import Client, RequestFactory

        request = RequestFactory().get("/")
        token = get_token(request)
        cookies = f"csrftoken={request.META['CSRF_COOKIE']}"
        if who is not None:
            client = Client()
            client.force_login(who, backend="crm.auth.AccountBackend")
            cookies += f"; sessionid={client.cookies['sessionid'].value}"
        return {"Cookie": cookies, "X-CSRFToken": token}


@contextmanager
def service(folder):
    """A web server and a worker upon the database that this process uses.

    Gives (port, web process, worker).
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    python = [sys.executable, "-m"]
    commands = (
        [
            *python,
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--no-ws",
            "--log-level",
            "warning",
            "crm.wsgi:application",
        ],
        [
            *python,
            "celery",
            "--quiet",
            "-A",
            "crm",
            "worker",
            "-B",
            "--schedule",
            f"{folder}/beat",
            "--concurrency",
            "2",
            "--loglevel",
            "ERROR",
            "--without-mingle",
            "--without-gossip",
            "--without-heartbeat",
        ],
    )
    log = (folder / "log").open("w")
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        for command in commands
    ]
    try:
        wait_for(port)
        yield port, *processes
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(port):
    for _number in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not start.")


def children(pid):
    """The process ids below ``pid``, itself included."""
    found = [pid]
    for one in found:
        tasks = Path(f"/proc/{one}/task")
        found += [
            int(child)
            for task in (tasks.iterdir() if tasks.exists() else ())
            for child in (task / "children").read_text().split()
        ]
    return found


def memory(pids, what="VmRSS"):
    """MB that these processes take now.

    With VmHWM: have taken at most; RssAnon: without the pages of files, as of the database.
    """
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                total += int(line.split()[1])
    return total / 1024


def run(options, folder):
    from tests.fuzz_files import Mutations
    from tests.fuzz_uploading import ROUTES

    with service(folder) as (port, web, worker):
        site, mutations, counted = OverHTTP(port), Mutations(options.seed), Counter()
        site.send(None, "/e/none-such", {}, [])
        pids = children(web.pid)
        if options.large:
            measure_large(site, pids)
        before, started = None, time.monotonic()
        for number in range(options.files):
            route = ROUTES[number % len(ROUTES)]
            counted[route.name, route.post(site, mutations.next(route.kinds))] += 1
            if number == WARM_UP:
                before = memory(pids, "RssAnon")
            if number % 500 == 499:
                print(
                    f"  {number + 1} files, {time.monotonic() - started:.0f} s, web process {memory(pids):.0f} MB, of it {memory(pids, 'RssAnon'):.0f} its own",
                    flush=True,
                )
        sent = time.monotonic() - started
        undone = wait_until_checked()
        same = children(web.pid) == pids and worker.poll() is None
        after = memory(pids, "RssAnon")
    return told(counted, before or after, after, same, undone, sent, time.monotonic() - started)


def measure_large(site, pids):
    """What a picture of 63 megapixels and a document of 20 MB cost the web process."""
    from PIL import Image

    from tests.fuzz_uploading import file_while_typing, photo_while_typing

    file = io.BytesIO()
    Image.linear_gradient("L").resize((7937, 7937)).convert("RGB").save(
        file, "PNG", compress_level=1
    )
    photo_while_typing(site, ("小.png", b"\x89PNG\r\n\x1a\n"))  # what is loaded once is loaded
    for name, route, content in (
        ("a picture of 63 megapixels", photo_while_typing, ("全景.png", file.getvalue())),
        (
            "a document of 20 MB",
            file_while_typing,
            ("图纸.pdf", b"%PDF-1.7\n" + os.urandom(20 * 2**20 - 100)),
        ),
    ):
        before = memory(pids)
        status = route(site, content)
        top = memory(pids, "VmHWM")
        print(
            f"{name}: answer {status} after {site.took:.2f} s; web process {before:.0f} MB before, {top:.0f} MB at most, {memory(pids):.0f} MB after"
        )
    wait_until_checked()


def wait_until_checked(seconds=900):
    """Wait for the worker.

    Returns how many jobs are undone, failed, or refused a file for a fault of ours.
    """
    from crm.jobs.queue import UNDONE
    from crm.models import Job
    from visits.models import Attachment, Photo

    until = time.monotonic() + seconds
    while Job.objects.filter(state__in=UNDONE).exists() and time.monotonic() < until:
        time.sleep(0.5)
    # An import that says what is wrong with its file has failed in its first attempt; a fault of
    # ours is tried again.
    refused = Job.objects.filter(kind="import", state=Job.State.FAILED, attempts=1).exclude(
        message=""
    )
    undone = Job.objects.exclude(state=Job.State.DONE).exclude(pk__in=refused.values("pk"))
    left = undone.count()
    for job in undone[:20]:
        print(f"  ✗ {job.kind} {job.pk}: {job.state} in attempt {job.attempts}: {job.message}")
    print(
        f"  imports: {Job.objects.filter(kind='import', state=Job.State.DONE).count()} read, {refused.count()} refused with a sentence"
    )
    for model in (Photo, Attachment):
        left += (
            model.objects.filter(state=model.State.CHECKING).count()
            + model.objects.filter(refusal__why="failed").count()
        )
        print(
            f"  {model._meta.model_name}: {dict(Counter(model.objects.values_list('state', flat=True)))}"
        )
    return left


def told(counted, before, after, same, undone, sent, whole):
    """Print what was found; 0 when all of it is as it should be, else 1."""
    for (route, status), count in sorted(counted.items()):
        print(f"  {route:<45} {status} {count:>6}")
    faults = sum(count for (_door, status), count in counted.items() if status >= 500)
    print(
        f"{sum(counted.values())} files in {sent:.0f} s, checked after {whole:.0f} s; answers of 5xx: {faults}; checks failed or left: {undone}"
    )
    print(
        f"Web process: {'the same all the while' if same else 'ENDED'}; {before:.0f} MB of its own after {WARM_UP} files, {after:.0f} MB at the end"
    )
    return 0 if same and not faults and not undone and after - before <= MOST_GROWTH else 1


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--files", type=int, default=int(os.environ.get("CRM_FUZZ_FILES", 3000)))
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--database", default="", help="address of an empty PostgreSQL database; without it SQLite"
    )
    arguments.add_argument("--large", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "CRM_VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "CRM_LINK_FILES_A_DAY": "1000000",
            "CRM_LINK_REPORTS_A_DAY": "1000000",
            "C_FORCE_ROOT": "1",
            "CRM_LOG_LEVEL": "ERROR",
        }
        os.environ.pop("CELERY_BROKER_URL", None)
        os.environ["DATABASE_URL"] = options.database  # empty: SQLite in the folder
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return run(options, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
