"""Tasks for the tests of crm.sandbox, each in a process of its own."""

import os
import sys
import time
from pathlib import Path


class Unfit(Exception):
    unfit = {"why": "too-wide", "most": 100}


def double(value):
    return value * 2


def refuse():
    raise Unfit


def divide():
    return 1 / 0


def fill_memory(folder):
    return len(bytearray(2**30))


def abort(folder):
    os.abort()


def fill_disk(folder):
    with (Path(folder) / "large").open("wb") as file:
        file.seek(2**30)
        file.write(b"x")


def wait():
    time.sleep(30)


def look_around():
    return {"environment": list(os.environ), "modules": list(sys.modules)}


def chatter():
    print("Loading …")
    return "done"
