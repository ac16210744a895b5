"""The API against its textbook twin and the floor: the same server, the same data, one run.

    python -m bench.api [--rounds 10] [--visits 200000]

Lists of 50 show the same fields in all three: uid, version, enterprise, project, officer, unit,
kind, started_at, ended_at, held_on, campaign, contact, next_contact_on, problem_count,
withdrawn_at, created_at, updated_at, with names beside each reference. The three are asked in turn,
over one kept connection each, and medians are compared.
"""

import argparse
import datetime
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

from bench.common import Line, table
from bench.database import ROOT, city_copy, drop

DATABASE = "crm_bench_api"
SERVERS = {
    "api": ("crm.wsgi:application", 18101),
    "textbook": ("bench.textbook.wsgi:application", 18102),
    "floor": ("bench.floor.wsgi:application", 18103),
}
#: what is asked → how many times as long the twin is to take
GOALS = {"list": 10, "filtered list": 4, "detail": 3, "create": 1.5}
FLOOR_GOAL = 3.5
FILTER = "unit=330302&kind=door&held_from={:%Y-%m-%d}"


class Client:
    """HTTP over one kept socket; no more is read or made than is needed."""

    def __init__(self, port, tokens):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader, self.writer = tokens

    def ask(self, method, path, body=b""):
        """``(seconds, status, body)`` of one request."""
        token = self.writer if method == "POST" else self.reader
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{token}"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        started = time.perf_counter()
        self.socket.sendall(f"{head}\r\n".encode() + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        head, _, rest = data.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(rest) < length:
            rest += self.socket.recv(65536)
        return time.perf_counter() - started, int(head.split()[1]), rest


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--visits", type=int, default=200_000)
    options = arguments.parse_args()
    report = measure(options.rounds, options.visits)
    print(table(report))
    return 0 if all(line.reached for line in report) else 1


def measure(rounds, visits):
    """Start all three, ask them in turn, end them; returns a Line for each comparison."""
    url = city_copy(visits, DATABASE)
    environment = {**os.environ, "DATABASE_URL": url}
    processes = []
    try:
        tokens = made_tokens(environment)
        processes = [start(name, environment) for name in SERVERS]
        clients = {
            name: Client(port, tokens.get(name, ("", ""))) for name, (_app, port) in SERVERS.items()
        }
        check_alike(clients)
        times = {what: ask_in_turn(clients, what, rounds) for what in GOALS}
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)
    drop(DATABASE)
    return compared(times)


def made_tokens(environment):
    """For each server the headers that prove the same city manager (who sees all rows) and the same
    officer (who visits).
    """
    made = subprocess.run(
        [sys.executable, "-m", "bench.tokens"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    words = made.stdout.split()[-4:]
    return {
        "api": [f"Authorization: Bearer {token}\r\n" for token in words[::2]],
        "textbook": [f"Authorization: Token {token}\r\n" for token in words[1::2]],
    }


def start(name, environment):
    """One granian with one worker, as `make run` starts it."""
    application, port = SERVERS[name]
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--no-ws",
        "--log-level",
        "error",
        application,
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    for _attempt in range(150):
        time.sleep(0.1)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
    raise SystemExit(f"{name} did not start")


def check_alike(clients):
    """All three show the same rows with the same fields."""
    shown = {
        name: json.loads(client.ask("GET", "/api/v1/visits/")[2])["results"]
        for name, client in clients.items()
    }
    facts = {name: [(row["uid"], sorted(row)) for row in rows] for name, rows in shown.items()}
    if not facts["api"] == facts["textbook"] == facts["floor"] or len(facts["api"]) != 50:
        raise SystemExit("the three lists differ")
    found = {
        name: json.loads(clients[name].ask("GET", request("filtered list", 0)[1])[2])["results"]
        for name in ("api", "textbook")
    }
    if [row["uid"] for row in found["api"]] != [
        row["uid"] for row in found["textbook"]
    ] or not found["api"]:
        raise SystemExit("the two filtered lists differ")
    clients["api"].reader, manager = clients["api"].writer, clients["api"].reader
    mine = json.loads(clients["api"].ask("GET", "/api/v1/enterprises/?mine=true")[2])["results"]
    clients["api"].reader = manager
    for client in clients.values():
        client.visits = [row["uid"] for row in shown["api"]]
        client.enterprises = [row["uid"] for row in mine]


def request(what, number, client=None):
    """``(method, path, body)`` of the ``number``-th request."""
    match what:
        case "list":
            return "GET", "/api/v1/visits/", b""
        case "filtered list":
            return (
                "GET",
                "/api/v1/visits/?"
                + FILTER.format(datetime.date.today() - datetime.timedelta(days=120)),
                b"",
            )
        case "detail":
            return "GET", f"/api/v1/visits/{client.visits[number % 50]}/", b""
    now = datetime.datetime.now(datetime.UTC)
    body = {
        "uid": str(uuid.uuid4()),
        "enterprise": client.enterprises[number % len(client.enterprises)],
        "kind": "door",
        "started_at": (now - datetime.timedelta(hours=2)).isoformat(),
        "ended_at": (now - datetime.timedelta(hours=1)).isoformat(),
        "topics": ["production", "fraud"],
        "services": ["residence"],
        "notes": "企业近期订单稳定，新招一线员工三十余人，宿舍安全用电情况良好。宣传了反诈知识，登记了居住证办理需求。"
        * 2,
        "next_contact_on": str(now.date() + datetime.timedelta(days=30)),
    }
    return "POST", "/api/v1/visits/", json.dumps(body).encode()


def ask_in_turn(clients, what, rounds, each=8):
    """Server → the seconds of every request; the first round only warms up."""
    asked = {name: client for name, client in clients.items() if name != "floor" or what == "list"}
    times = {name: [] for name in asked}
    for number in range(rounds + 1):
        for name, client in asked.items():
            for turn in range(each):
                seconds, status, body = client.ask(*request(what, number * each + turn, client))
                if status not in (200, 201):
                    raise SystemExit(f"{name} answered {status} to {what}: {body[:500].decode()}")
                if number:
                    times[name].append(seconds)
    return times


def compared(times):
    """A line for each goal, from the medians."""
    middle = {
        what: {name: statistics.median(seconds) for name, seconds in asked.items()}
        for what, asked in times.items()
    }
    lines = [
        Line.at_least(
            f"{what}: textbook / api", middle[what]["api"], middle[what]["textbook"], goal
        )
        for what, goal in GOALS.items()
    ]
    return [
        *lines,
        Line.at_most(
            "list: api / floor", middle["list"]["api"], middle["list"]["floor"], FLOOR_GOAL
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
