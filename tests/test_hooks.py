"""What apps fill in for one another is found at start-up, once, and listed by one command."""

import subprocess
import sys

import pytest
from django.core.management import call_command

from crm.hooks import HOOKS, Hook
from tests.test_architecture import ROOT

COMPLETE = """
import django, importlib, pkgutil, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()
from crm.hooks import HOOKS
def counted():
    return {name: len(list(hook)) for name, hook in HOOKS.items()}
before = counted()
for app in ("crm", "liaisons", "visits", "api"):
    for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
        if not {"wsgi", "child", "migrations"} & {*module.name.split(".")}:
            importlib.import_module(module.name)
print("same" if counted() == before else (before, counted()))
"""


def test_all_is_there_when_django_has_started(tmp_path):
    """Importing every other module after it adds nothing: what fills a hook in lies where it is looked for."""
    answer = subprocess.run(
        [sys.executable, "-c", COMPLETE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "same"


def test_every_hook_is_filled_in():
    assert {name for name, hook in HOOKS.items() if not list(hook)} == set()
    assert {"menu", "searchers", "notice_kinds", "job_kinds", "calendar_sources"} <= HOOKS.keys()


@pytest.fixture
def hook():
    """A hook for the time of a test."""
    yield Hook("trial", "For a test.", key=len, order=str.lower)
    del HOOKS["trial"]


def test_items_are_sorted_and_found_by_their_key(hook):
    hook.add("bb", "a")
    assert list(hook) == ["a", "bb"] and hook.get(2) == "bb" and hook.get(3) is None


def test_the_same_key_twice_is_a_mistake(hook):
    hook.add("a")
    with pytest.raises(LookupError, match="trial"):
        hook.add("b")


def test_the_same_name_twice_is_a_mistake(hook):
    with pytest.raises(LookupError, match="trial"):
        Hook("trial", "Another.")


def test_it_decorates(hook):
    assert hook.add("text") == "text"


def test_the_command_says_where_each_is(capsys):
    call_command("hooks")
    text = capsys.readouterr().out
    assert "job_kinds: " in text and "export" in text
    assert "liaisons.officers.services.officer_follow  liaisons/officers/services.py:" in text
