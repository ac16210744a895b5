"""Fixtures of the whole suite."""

import pytest
from django.core.cache import cache
from django.test import Client
from whitenoise.middleware import WhiteNoiseMiddleware

from crm.backing import away
from tests.cast import build_cast
from tests.clock import Clock


@pytest.fixture(autouse=True, scope="session")
def static_files_found_once():
    """Every test client starts the middleware anew, and WhiteNoise looks through a thousand static
    files each time it starts: half of the suite's time. Once a process is enough.
    """
    found, find = {}, WhiteNoiseMiddleware.add_files_from_finders

    def add_files_from_finders(self):
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_from_finders)
        yield


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path, monkeypatch):
    """Files of a test go to its own folder.

    Passwords are hashed cheaply; the broker is never asked, and nothing is away.
    """
    for absence in (away.cache, away.broker):
        monkeypatch.setattr(absence, "since", None)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_BROKER_URL = "memory://"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def cast(db):
    """The named cast (tests/cast.py)."""
    return build_cast()


@pytest.fixture
def as_user():
    """A function that gives a browser-like client logged in as a person of the cast."""

    def client_for(user):
        client = Client()
        client.force_login(user, backend="crm.auth.AccountBackend")
        return client

    return client_for


@pytest.fixture
def clock(monkeypatch):
    """A function that sets the time of the house (tests/clock.py)."""
    return Clock(monkeypatch)
