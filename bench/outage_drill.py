"""`make outage-drill`: Redis and PostgreSQL are stopped and started under clients that write and
read.

    python -m bench.outage_drill [--seconds 180] [--clients 20]

Starts its own PostgreSQL and Redis and the real service: web server, worker, beat. Each client
records visits by the form and by the API, sends again what was not acknowledged, orders exports and
reads pages. In the end every acknowledged visit is asked for and every ordered export is to be
done. Ends with 0 when no answer was 500, no connection was refused, nothing acknowledged is missing
and no process ended; Redis is killed, PostgreSQL is stopped as by a power cut.
"""

import argparse
import http.client
import itertools
import json
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.servers import Postgres, Redis, running
from bench.service import Service, serving

CSRF = "c" * 32
NO_PROBLEMS = {"problem-TOTAL_FORMS": 0, "problem-INITIAL_FORMS": 0}
#: What happens when, in shares of the drill's time.
EVENTS = (
    (0.05, "redis", "stop"),
    (0.15, "redis", "start"),
    (0.20, "redis", "freeze"),
    (0.27, "redis", "stop"),
    (0.28, "redis", "start"),
    (0.34, "postgres", "stop"),
    (0.39, "postgres", "start"),
    (0.46, "postgres", "stop"),
    (0.48, "postgres", "start"),
    (0.55, "postgres", "stop"),
    (0.62, "postgres", "start"),
    (0.68, "postgres", "stop"),
    (0.70, "postgres", "start"),
    (0.76, "redis", "stop"),
    (0.77, "postgres", "stop"),
    (0.83, "postgres", "start"),
    (0.85, "redis", "start"),
)
PEOPLE = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from api.tokens.services import token_issue
from crm.models import User
from liaisons.models import Enterprise
Store = import_module(settings.SESSION_ENGINE).SessionStore
people = []
for user in User.objects.select_related("unit").filter(role="officer", is_active=True, officer__left_on__isnull=True).order_by("pk"):
    enterprise = Enterprise.objects.visible_to(user).order_by("pk").first()
    if enterprise is None:
        continue
    if len(people) == {count}:
        break
    session = Store()
    session.update({{SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "crm.auth.AccountBackend", HASH_SESSION_KEY: user.get_session_auth_hash()}})
    session.create()
    token = token_issue(name="drill", days=1, by=user)[1]
    people.append({{"token": token, "session": session.session_key, "enterprise": str(enterprise.uid)}})
print(json.dumps(people))
"""


class Client(threading.Thread):
    """One person at work until ``over`` is set."""

    def __init__(self, port, person, over, tally):
        super().__init__(daemon=True)
        self.port, self.person, self.over, self.tally = port, person, over, tally
        self.acknowledged, self.waiting, self.slowest = [], [], 0.0
        self.connection = None

    def run(self):
        for number in itertools.count():
            if self.over.is_set():
                return
            self.write(*(self.waiting.pop(0) if self.waiting else (uuid.uuid4(), number % 2)))
            self.ask(
                "page",
                "GET",
                ("/visits/", "/my/", f"/enterprises/{self.person['enterprise']}/visits/new/")[
                    number % 3
                ],
            )
            self.ask("api", "GET", "/api/v1/visits/?limit=20")
            if number % 25 == 0:
                self.ask("order", "POST", "/exports/visit_list/", self.form(format="csv"))
            time.sleep(0.1)

    def write(self, uid, by_form):
        """Record a visit; what is not acknowledged waits to be sent again in the same words."""
        now = datetime.now(UTC)
        if by_form:
            values = self.form(
                uid=uid,
                kind="door",
                started_at=f"{now:%Y-%m-%dT00:00}",
                notes="演练",
                **NO_PROBLEMS,
            )
            status = self.ask(
                "form", "POST", f"/enterprises/{self.person['enterprise']}/visits/new/", values
            )
        else:
            body = {
                "uid": str(uid),
                "enterprise": self.person["enterprise"],
                "kind": "door",
                "started_at": f"{now:%Y-%m-%dT00:00:00Z}",
            }
            status = self.ask(
                "api", "POST", "/api/v1/visits/", json.dumps(body), "application/json"
            )
        if status in (200, 201) and not by_form or status == 302:
            self.acknowledged.append(uid)
        else:
            self.waiting.append((uid, by_form))

    def exchange(self, method, path, body, headers):
        """Send a request over the kept connection; (status, body)."""
        self.connection = self.connection or http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60
        )
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        if answer.status == 503 and answer.headers["Retry-After"] is None:
            return "503 without Retry-After", answer.read()
        if answer.status == 302 and "/login" in answer.headers["Location"]:
            return "302 to the login", answer.read()
        return answer.status, answer.read()

    def form(self, **values):
        return urlencode({"csrfmiddlewaretoken": CSRF, **values})

    def ask(self, door, method, path, body=None, kind="application/x-www-form-urlencoded"):
        """The status of one request; "no answer" where the connection broke."""
        headers = {"Content-Type": kind} if body else {}
        if door == "api":
            headers["Authorization"] = f"Bearer {self.person['token']}"
        else:
            headers["Cookie"] = f"sessionid={self.person['session']}; csrftoken={CSRF}"
        started, kept = time.monotonic(), self.connection is not None
        try:
            status, page = self.exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            # closed meanwhile, as after an answer that came before a body was read: each browser
            # opens another
            if kept:
                return self.ask(door, method, path, body, kind)
            status, page = "no answer", repr(error).encode()
        self.slowest = max(self.slowest, time.monotonic() - started)
        self.tally[door if method == "GET" else f"{door} {method}", status] += 1
        if status not in (200, 201, 302, 503):
            print(door, method, path, status, page[-300:].decode(errors="replace"), flush=True)
        return status


def drill(seconds, clients):
    """Run it; whether all went well."""
    tally, over = Counter(), threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="crm-drill-") as folder,
        running(Postgres(folder)) as postgres,
        running(Redis()) as redis,
    ):
        service = Service(
            Path(folder) / "var",
            DATABASE_URL=postgres.url(),
            CELERY_BROKER_URL=redis.url,
            CRM_JOB_LEASE_SECONDS="5",
            CRM_LOG_LEVEL="WARNING",
        )
        service.manage("migrate", "-v0")
        service.manage("load_demo_city", "--scale", "0.05")
        people = json.loads(service.python(PEOPLE.format(count=clients)))
        with serving(service):
            threads = [Client(service.port, person, over, tally) for person in people]
            for thread in threads:
                thread.start()
            happen({"redis": redis, "postgres": postgres}, seconds)
            over.set()
            for thread in threads:
                thread.join()
            return told(service, threads, tally)


def happen(servers, seconds):
    """Stop and start the servers in time."""
    started = time.monotonic()
    for share, name, what in EVENTS:
        time.sleep(max(0, started + share * seconds - time.monotonic()))
        getattr(servers[name], what)()
        print(f"{time.monotonic() - started:6.1f} s  {name} {what}", flush=True)
    time.sleep(max(0, started + seconds - time.monotonic()))


def told(service, threads, tally):
    """Ask for all that was acknowledged, print the figures; whether they are as they must be."""
    for thread in threads:
        for uid, by_form in [thread.waiting.pop() for _each in list(thread.waiting)]:
            thread.write(uid, by_form)  # what was still to be sent again
    after = Counter()
    for thread in threads:
        thread.tally = Counter()
        for uid in thread.acknowledged:
            after[thread.ask("api", "GET", f"/api/v1/visits/{uid}/")] += 1
    acknowledged, undone = sum(len(thread.acknowledged) for thread in threads), jobs_undone(service)
    for (door, status), count in sorted(tally.items(), key=str):
        print(f"{door:12} {status!s:24} {count:6}")
    wrong = sum(
        count for (_door, status), count in tally.items() if status not in (200, 201, 302, 503)
    )
    lost, ended = acknowledged - after[200], service.ended()
    print(
        f"{sum(tally.values())} answers of {len(threads)} clients; the slowest took {max(thread.slowest for thread in threads):.1f} s"
    )
    print(
        f"answers that were neither well nor 503: {wrong}; acknowledged visits: {acknowledged}, lost: {lost}"
    )
    print(
        f"exports not done: {undone}; never acknowledged: {sum(len(t.waiting) for t in threads)}; processes that ended: {ended or 'none'}"
    )
    return not (wrong or lost or ended or undone) and acknowledged > 0


def jobs_undone(service, patience=90):
    """How many exports are still undone after a while."""
    ends = time.monotonic() + patience
    while True:
        undone = int(
            service.python(
                "from crm.models import Job; print(Job.objects.exclude(state='done').count())"
            )
        )
        if not undone or time.monotonic() > ends:
            return undone
        time.sleep(2)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=180)
    arguments.add_argument("--clients", type=int, default=20)
    given = arguments.parse_args()
    return 0 if drill(given.seconds, given.clients) else 1


if __name__ == "__main__":
    sys.exit(main())
