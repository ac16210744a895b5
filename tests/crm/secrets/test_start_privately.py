"""A real service starts with its secrets or not at all, and what it keeps is for its own user
alone.
"""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks

from crm.secrets.keys import require_secrets
from crm.secrets.private import is_open, keep_private

GOOD, OTHER = "kq3Zt9mLw-XvB1nR7cYpH5sDf2JgA8eU", "Vb6_yNzE0rT4iOaKq9LmWxPcS7dFhG1j"
BOTH = {"CRM_SECRET_KEY": GOOD, "CRM_DATA_KEY": OTHER}


@pytest.fixture
def files(tmp_path):
    return {"CRM_SECRET_KEY": tmp_path / "secret.key", "CRM_DATA_KEY": tmp_path / "data.key"}


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, ["CRM_SECRET_KEY is not set", "CRM_DATA_KEY is not set", "token_urlsafe"]),
        ({"CRM_SECRET_KEY": GOOD}, ["CRM_DATA_KEY is not set"]),
        (BOTH | {"CRM_DATA_KEY": "  "}, ["CRM_DATA_KEY is not set"]),
        (BOTH | {"CRM_SECRET_KEY": "short-one-17"}, ["CRM_SECRET_KEY is too weak"]),
        (BOTH | {"CRM_SECRET_KEY": "ab" * 40}, ["CRM_SECRET_KEY is too weak"]),
        (
            BOTH | {"CRM_DATA_KEY": "ChangeMe-0123456789-abcdefghijklmnop"},
            ["CRM_DATA_KEY is a placeholder"],
        ),
        (BOTH | {"CRM_DATA_KEY": f"weak,{OTHER}"}, ["CRM_DATA_KEY is too weak"]),
        (
            {"CRM_SECRET_KEY": GOOD, "CRM_DATA_KEY": GOOD},
            ["CRM_SECRET_KEY and CRM_DATA_KEY are the same"],
        ),
        (BOTH | {"CRM_DEBUG": "1"}, ["CRM_DEBUG"]),
    ],
)
def test_secrets_that_are_missing_or_weak_are_refused_with_one_sentence(files, environment, told):
    with pytest.raises(SystemExit) as refused:
        require_secrets(environment, files)
    sentence = str(refused.value)
    assert all(words in sentence for words in told) and "\n" not in sentence
    assert GOOD not in sentence and OTHER not in sentence


@pytest.mark.parametrize("data_key", [OTHER, f"{OTHER},old"])
def test_good_ones_are_taken_and_an_old_key_may_follow(files, data_key):
    require_secrets(BOTH | {"CRM_DATA_KEY": data_key}, files)


def test_keys_made_by_an_earlier_start_are_named_and_no_new_ones_advised(files):
    files["CRM_DATA_KEY"].write_text(OTHER)
    with pytest.raises(SystemExit) as refused:
        require_secrets({}, files)
    assert str(files["CRM_DATA_KEY"]) in str(refused.value) and "token_urlsafe" not in str(
        refused.value
    )


def run(folder, *command, **environment):
    """A process of the service with its own folder: ``(exit code, what it printed)``."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CRM_", "DATABASE_URL", "CELERY_"))
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=clean | {"CRM_VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [("manage.py", "help"), ("manage.py", "migrate"), ("-m", "celery", "-A", "crm", "beat")],
)
def test_no_process_of_a_service_without_secrets_starts_and_none_makes_a_key(tmp_path, command):
    code, printed = run(tmp_path, *command, CRM_PUBLIC_BASE_URL="HTTPS://crm.example.gov.cn")
    assert (
        code == 1
        and printed.startswith("✗")
        and printed.count("\n") == 1
        and "CRM_DATA_KEY" in printed
    )
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_mended_and_what_is_made_is_private(tmp_path):
    """A folder as earlier versions left it; then a start that makes the rest."""
    var = tmp_path / "var"
    deep = var / "media" / "photos" / "2026"
    deep.mkdir(parents=True)
    for name in ("crm.sqlite3", "crm.sqlite3-wal", "media/photos/2026/x.jpg"):
        (var / name).write_bytes(b"")
    for path in (var, *var.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    script = (
        "import os; from django.conf import settings; settings.MEDIA_ROOT;"
        "from django.core.files.storage import FileSystemStorage as S; from django.core.files.base import ContentFile as C;"
        "S(settings.MEDIA_ROOT).save('new/y.txt', C(b'y'))"
    )
    code, printed = run(var, "-c", script, DJANGO_SETTINGS_MODULE="crm.settings")
    assert code == 0, printed
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (var, *var.rglob("*"))
    }
    wrong = {
        name: oct(mode)
        for name, mode in modes.items()
        if mode != (0o700 if (tmp_path / name).is_dir() else 0o600)
    }
    assert not wrong and {
        "var/secret.key",
        "var/media/new/y.txt",
        "var/media/photos/2026/x.jpg",
    } <= set(modes)


def test_a_mended_folder_is_not_looked_through_again(tmp_path, monkeypatch):
    before = os.umask(0o022)
    try:
        keep_private(tmp_path / "var")
        monkeypatch.setattr(os, "walk", lambda folder: pytest.fail("looked through again"))
        (tmp_path / "var" / "late").write_bytes(b"")
        (tmp_path / "var" / "late").chmod(0o644)
        keep_private(tmp_path / "var")
        assert not is_open(tmp_path / "var" / "late")
    finally:
        os.umask(before)


def test_what_others_may_read_is_told_and_a_proxy_without_a_name_too(tmp_path, settings):
    def told():
        return {
            warning.id
            for warning in run_checks(tags=["security"], include_deployment_checks=False)
            if warning.id.startswith("crm.")
        }

    settings.VAR_DIR, settings.MEDIA_ROOT, settings.HTTPS = tmp_path, tmp_path, True
    settings.SECRET_FILES = {"CRM_SECRET_KEY": tmp_path / "secret.key"}
    tmp_path.chmod(0o700)
    assert told() == {"crm.W002"}
    settings.TRUSTED_PROXIES = ("unix",)
    assert told() == set()
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o644)
    assert told() == {"crm.W001"}


@pytest.mark.parametrize("name", ["crm-web", "crm-worker", "crm-beat"])
def test_the_example_units_make_nothing_that_others_may_read(name):
    unit = (Path(settings.BASE_DIR) / "deploy" / "examples" / f"{name}.service").read_text()
    assert "UMask=0077" in unit and "StateDirectoryMode=0700" in unit
