"""Fixtures of the whole suite."""

import pickle

import pytest
from django.core.cache import cache
from django.test import Client, TestCase, override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from crm.backing import away
from tests.cast import build_cast
from tests.clock import Clock

#: What takes long is begun first, so that no process waits in the end for the other's last file.
LONG = (
    "tests/browser/",
    "tests/crm/jobs/test_survive_kills.py",
    "tests/crm/db/",
    "tests/test_",
    "tests/visits/demo/",
    "tests/visits/reporting/",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


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


#: Passwords are hashed cheaply; the broker is never asked.
QUICK_AND_APART = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "CELERY_BROKER_URL": "memory://",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
}


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path, monkeypatch):
    """Files of a test go to its own folder, and nothing is away."""
    for absence in (away.cache, away.broker):
        monkeypatch.setattr(absence, "since", None)
    for name, value in {**QUICK_AND_APART, "MEDIA_ROOT": tmp_path / "media"}.items():
        setattr(settings, name, value)
    cache.clear()


@pytest.fixture(scope="module")
def kept_for_module(django_db_setup, django_db_blocker, tmp_path_factory):
    """A function that writes rows once for all tests of a module, which are not transactional.

    ``kept_for_module(build)`` calls ``build()`` and returns a function that gives what it returned
    anew, so that a test may change it. Each test begins with these rows, whatever those before it
    did with them; when the module is over they are rolled back.
    """
    media = tmp_path_factory.mktemp("module") / "media"
    with django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()

    def keep(build):
        apart = override_settings(**QUICK_AND_APART, MEDIA_ROOT=media)
        with django_db_blocker.unblock(), apart:
            rows = pickle.dumps(build())
        return lambda: pickle.loads(rows)

    yield keep
    with django_db_blocker.unblock():
        TestCase._rollback_atomics(atomics)


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
