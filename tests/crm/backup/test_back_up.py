"""Backup and restore: what comes back is what was there, and what does not fit is refused before
anything is touched.
"""

import fcntl
import hashlib
import io
import json
import shutil
import tarfile
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from crm.backup import making, restoring
from crm.backup.archive import checked
from crm.db.media import MediaPathField
from crm.models import RateCount, User
from liaisons.models import Contact
from tests.cast import record_visit
from tests.orders import do_waiting
from tests.pictures import jpeg_with_position
from visits.attachments.photos import photo_drop, photo_keep
from visits.models import Photo, Visit
from visits.recording.services import visit_add_photo

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "postgresql" and shutil.which("pg_dump") is None,
        reason="pg_dump is missing: install PostgreSQL's client",
    ),
]


@pytest.fixture(autouse=True)
def nobody_else_is_connected(transactional_db):
    """Other tests of this process may have left a thread's connection open, and a restore wants to
    be alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.fixture
def house(cast, settings, tmp_path, monkeypatch):
    """The cast with a visit and its photo.

    Keys and files are the test's own, and so is the key that all was encrypted with.
    """
    for variable in ("CRM_DATA_KEY", "CRM_SECRET_KEY"):
        monkeypatch.delenv(variable, raising=False)
    settings.VAR_DIR = tmp_path
    settings.SECRET_FILES = {
        "CRM_DATA_KEY": tmp_path / "data.key",
        "CRM_SECRET_KEY": tmp_path / "secret.key",
    }
    settings.SECRET_FILES["CRM_DATA_KEY"].write_text(settings.DATA_KEY)
    visit_add_photo(visit=record_visit(cast, cast.li), upload=picture(), by=cast.li)
    do_waiting()
    return cast


def picture(side=40):
    return jpeg_with_position(size=(side, side))


@pytest.fixture
def made(house, tmp_path):
    """A backup of the house: the archive's path."""
    (tmp_path / "kept").mkdir()
    call_command("backup", str(tmp_path / "kept"), stdout=io.StringIO())
    return next((tmp_path / "kept").glob("*.tar"))


def counts():
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }


def files(settings):
    root = Path(settings.MEDIA_ROOT)
    return {
        path.relative_to(root): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def restored(path, *options):
    told = io.StringIO()
    call_command("restore", str(path), *options, stdout=told)
    return told.getvalue()


def changed(path, target, **values):
    """A copy of an archive with other values in its manifest."""
    with tarfile.open(path) as tar, tarfile.open(target, "w") as copy:
        for member in tar:
            content = tar.extractfile(member).read()
            if member.name == "manifest.json":
                content = json.dumps(json.loads(content) | values).encode()
                member.size = len(content)
            copy.addfile(member, io.BytesIO(content))
    shutil.copy(f"{path}.keys", f"{target}.keys")
    return target


def test_what_comes_back_is_what_was_there(house, made, settings):
    before, media = counts(), files(settings)
    record_visit(house, house.li, notes="备份之后")
    Contact.objects.all().delete()
    shutil.rmtree(settings.MEDIA_ROOT)
    settings.SECRET_FILES["CRM_DATA_KEY"].unlink()
    settings.DATA_KEY = ""
    assert "0 of them cannot be" in restored(made, "--replace")
    assert counts() == before and files(settings) == media and media
    assert (
        Contact.objects.get().name == "林小红"
        and settings.SECRET_FILES["CRM_DATA_KEY"].stat().st_mode & 0o777 == 0o600
    )
    login = Client().post(
        reverse("login"), {"username": house.li.police_number, "password": house.password}
    )
    assert login.status_code == 302 and "_auth_user_id" in login.client.session
    record_visit(house, house.li, notes="恢复之后")  # keys go on where they were
    assert Visit.objects.count() == 2


def test_the_archive_and_the_keys_are_apart_and_their_owners_alone(house, made, settings):
    keys = making.keys_path(made)
    assert {path.stat().st_mode & 0o777 for path in (made, keys)} == {0o600}
    assert settings.DATA_KEY in keys.read_text() and settings.SECRET_KEY in keys.read_text()
    content = made.read_bytes()
    assert settings.DATA_KEY.encode() not in content and settings.SECRET_KEY.encode() not in content
    manifest = checked(made)
    assert (
        manifest["counts"]["liaisons_contact"] == 1
        and manifest["media"]["files"] == 3
        and not manifest["not_there"]
    )
    assert not list(made.parent.glob("*.part")) and not list(made.parent.glob(".backup-*"))


def test_nothing_is_overwritten(made):
    content = made.read_bytes()
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(made))
    making.keys_path(made).unlink()
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(made))
    assert made.read_bytes() == content and len(list(made.parent.iterdir())) == 1


def test_what_does_not_fit_is_refused_and_nothing_is_touched(house, made, settings, tmp_path):
    before, media = counts(), files(settings)
    damaged = tmp_path / "damaged.tar"
    content = bytearray(made.read_bytes())
    content[3 * 512 + 10] ^= 1
    damaged.write_bytes(content)
    (tmp_path / "cut.tar").write_bytes(made.read_bytes()[:2000])
    cases = [
        ((made,), "There are files|holds rows"),
        ((damaged, "--replace"), "damaged|not a whole backup"),
        ((tmp_path / "cut.tar", "--replace"), "not a whole backup"),
        ((tmp_path / "none.tar", "--replace"), "There is no file"),
        (
            (changed(made, tmp_path / "engine.tar", engine="database.other"), "--replace"),
            "another kind",
        ),
        (
            (
                changed(made, tmp_path / "newer.tar", migrations=[["visits", "9999_later"]]),
                "--replace",
            ),
            "newer version",
        ),
        ((changed(made, tmp_path / "format.tar", format=99), "--replace"), "format"),
        (
            (changed(made, tmp_path / "keys.tar", keys=["0" * 24]), "--replace"),
            "not those of this backup",
        ),
    ]
    for arguments, sentence in cases:
        with pytest.raises(CommandError, match=sentence):
            restored(*map(str, arguments))
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="running"):
            restored(made, "--replace")
    assert (
        counts() == before and files(settings) == media and Contact.objects.get().name == "林小红"
    )


def test_without_its_keys_or_with_others_it_is_refused(house, made, settings, tmp_path):
    keys, before = making.keys_path(made), settings.DATA_KEY
    keys.rename(tmp_path / "elsewhere")
    settings.DATA_KEY = ""
    with pytest.raises(CommandError, match="needs its keys"):
        restored(made, "--replace")
    settings.DATA_KEY = "another"
    with pytest.raises(CommandError, match="not those of this backup"):
        restored(made, "--replace")
    (tmp_path / "wrong").write_text("CRM_DATA_KEY=wrong\n")
    with pytest.raises(CommandError, match="not those of this backup"):
        restored(made, "--replace", "--keys", str(tmp_path / "wrong"))
    settings.DATA_KEY = before
    assert Contact.objects.get().name == "林小红"
    assert "Restored" in restored(made, "--replace", "--keys", str(tmp_path / "elsewhere"))
    settings.DATA_KEY = f"newer,{before}"  # rotated since
    assert "Restored" in restored(made, "--replace") and Contact.objects.get().name == "林小红"


def test_an_older_versions_backup_is_migrated(house, tmp_path):
    call_command("migrate", "crm", "0007", verbosity=0)
    try:
        call_command("backup", str(tmp_path / "old.tar"), stdout=io.StringIO())
    finally:
        call_command("migrate", verbosity=0)
    assert "crm_ratecount" not in checked(tmp_path / "old.tar")["counts"]
    restored(tmp_path / "old.tar", "--replace")
    assert RateCount.objects.count() == 0 and User.objects.filter(pk=house.li.pk).exists()


def removed_meanwhile(house, monkeypatch):
    """Let a photo be taken back after the dump and before its files are copied.

    Returns a name of it.
    """
    waiting = photo_keep(visit_uid=uuid.uuid4(), upload=picture(60), by=house.li)
    copy = making._add_media

    def late(tar):
        if Photo.objects.filter(pk=waiting.pk).exists():
            photo_drop(photo=waiting, by=house.li)
        copy(tar)

    monkeypatch.setattr(making, "_add_media", late)
    return waiting.original


def test_every_file_that_the_database_names_is_there(house, tmp_path, monkeypatch):
    removed_meanwhile(house, monkeypatch)
    _path, manifest = making.backup(tmp_path / "a.tar")
    assert manifest["not_there"] == [] and manifest["counts"]["visits_photo"] == 1


@pytest.mark.control
def test_a_single_dump_may_name_a_file_that_is_gone(house, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "ATTEMPTS", 1)
    name = removed_meanwhile(house, monkeypatch)
    _path, manifest = making.backup(tmp_path / "a.tar")
    assert name in manifest["not_there"]


def test_a_failed_load_leaves_the_database_as_it_was(house, made, monkeypatch, settings):
    """The dump is whole and yet cannot be loaded to its end."""
    before = counts()
    if connection.vendor == "postgresql":
        monkeypatch.setattr(
            restoring.databases.subprocess,
            "run",
            failing_unpack(restoring.databases.subprocess.run),
        )
    else:
        monkeypatch.setattr(
            restoring.databases.gzip,
            "open",
            lambda path: io.BytesIO(b"SQLite format 3\x00" + b"\x00" * 4096),
        )
    with pytest.raises(CommandError):
        restored(made, "--replace")
    assert counts() == before and files(settings)


def failing_unpack(run):
    def unpack(command, **options):
        done = run(command, **options)
        if command[0] == "pg_restore" and "--version" not in command:
            done.returncode = 1
        return done

    return unpack


def test_every_column_that_names_a_file_is_known():
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField)
    ]
    named = {
        field
        for field in fields
        if field.name in {"file", "thumbnail", "print_copy"} or isinstance(field, MediaPathField)
    }
    assert len(named) >= 8 and all(isinstance(field, MediaPathField) for field in named)
