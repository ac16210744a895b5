"""What parses uploads runs in a process of its own: bounded, without secrets, and it may end
without ending anything else.
"""

import os
import subprocess

import pytest

from crm import sandbox

TASKS = "tests.sandbox_tasks"


def test_a_task_returns_plain_values():
    assert sandbox.run(f"{TASKS}:double", value=21) == 42


def test_a_task_says_why_an_upload_cannot_be_taken():
    with pytest.raises(sandbox.Unfit) as raised:
        sandbox.run(f"{TASKS}:refuse")
    assert raised.value.facts == {"why": "too-wide", "most": 100}


def test_a_fault_of_the_task_is_told_with_its_traceback():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        sandbox.run(f"{TASKS}:divide")


@pytest.mark.parametrize("task", ["fill_memory", "abort", "fill_disk"])
def test_a_task_that_takes_too_much_or_is_ended_by_its_library_ends_alone(task, tmp_path):
    with pytest.raises(sandbox.Exceeded):
        sandbox.run(f"{TASKS}:{task}", memory=256, folder=str(tmp_path))


def test_a_task_that_takes_too_long_is_ended():
    with pytest.raises(sandbox.Exceeded):
        sandbox.run(f"{TASKS}:wait", seconds=1)


def test_a_task_knows_no_secret_and_loads_nothing_of_the_service(monkeypatch):
    monkeypatch.setenv("CRM_DATA_KEY", "secret")
    seen = sandbox.run(f"{TASKS}:look_around")
    assert "CRM_DATA_KEY" not in seen["environment"] and "DATABASE_URL" not in seen["environment"]
    assert "django" not in seen["modules"] and "crm" not in seen["modules"]


def test_who_waits_may_end_the_task(monkeypatch):
    started = []

    class Remembered(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self.pid)

    def lost():
        raise InterruptedError

    monkeypatch.setattr(sandbox, "TICKED_EVERY", 0)
    monkeypatch.setattr(sandbox.subprocess, "Popen", Remembered)
    with pytest.raises(InterruptedError):
        sandbox.run(f"{TASKS}:wait", tick=lost)
    (group,) = started
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)  # neither it nor what it started is left behind


def test_what_a_library_prints_is_no_answer():
    assert sandbox.run(f"{TASKS}:chatter") == "done"
