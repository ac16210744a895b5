"""Parsing what may be anything, in a process of its own: bounded in memory and time, and without
this service's secrets.

A library that reads spreadsheets, pictures or archives may ask for more memory than there is, run
for ever, or abort the process it is in. So none of them reads an upload in a web server or a
worker: ``run`` starts a fresh interpreter that knows neither the database nor a key, waits for it,
and ends it at its bounds.

    run("liaisons.imports.tables:keep_rows", path="…", to="…")

The task is a function of plain keyword arguments in a module that imports nothing of ``crm`` (whose
start costs a quarter of a second). It returns plain values (JSON); larger results it writes to
files that it is given. An exception with an attribute ``unfit`` (a dictionary of plain values) is
its answer that the upload cannot be taken.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
MEGABYTE = 2**20
#: Bytes that the answer on its standard output may have; larger results go to files.
LARGEST_ANSWER = MEGABYTE
#: Seconds between two looks at a child, and between two calls of ``tick``.
LOOKED_EVERY, TICKED_EVERY = 0.02, 5


class Unfit(Exception):  # noqa: N818 (it is an answer)
    """The task's answer that this upload cannot be taken; ``facts`` (dict) says why."""

    def __init__(self, facts) -> None:
        super().__init__(facts)
        self.facts = facts


class Exceeded(Exception):  # noqa: N818 (it is an answer)
    """The child reached a bound of memory or time, or was ended by the library that it ran: nothing
    is known of the upload.
    """


def run(task, *, memory=768, seconds=60, tick=None, **arguments) -> Any:
    """What ``task`` ("module:function") returns for the plain keyword ``arguments``.

    ``memory`` is the child's address space in MB, ``seconds`` its time by the clock; ``tick`` is
    called every few seconds while it works, and ends it by raising. Raises Unfit, Exceeded, or
    RuntimeError for a fault of the task.
    """
    order = json.dumps(
        {"task": task, "arguments": arguments, "memory": memory * MEGABYTE, "seconds": seconds}
    )
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        process = subprocess.Popen(
            [sys.executable, "-I", "-B", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=complaint,
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            _say(process, order)
            in_time = _wait(process, seconds, tick)
        finally:
            _end(process)
        if not in_time:
            raise Exceeded(f"{task} took more than {seconds} s")
        return _answer(task, process.returncode, _beginning(answer), _beginning(complaint))


def _say(process, order) -> None:
    try:
        process.stdin.write(order.encode())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended already: its exit code tells


def _wait(process, seconds, tick) -> bool:
    """Whether the child ended by itself within ``seconds``."""
    started = ticked = time.monotonic()
    while process.poll() is None:
        now = time.monotonic()
        if now - started > seconds:
            return False
        if tick and now - ticked > TICKED_EVERY:
            ticked = now
            tick()
        time.sleep(LOOKED_EVERY)
    return True


def _end(process) -> None:
    """End the child and whatever it may have started, as far as they still run."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _beginning(file) -> Any:
    file.seek(0)
    return file.read(LARGEST_ANSWER + 1)


def _answer(task, code, answer, complaint) -> Any:
    told = complaint[-2000:].decode(errors="replace").strip()
    if code == 0 and len(answer) <= LARGEST_ANSWER:
        found = json.loads(answer)
        if "unfit" in found:
            raise Unfit(found["unfit"])
        return found["result"]
    if code == 1:
        raise RuntimeError(f"{task} failed: {told}")
    log.warning("%s was ended at its bounds (%s): %s", task, code, told[-300:])
    raise Exceeded(f"{task} ended with {code}")
