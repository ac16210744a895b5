"""A backup is restored: all is checked first, then database, files and keys take the place of what
is there.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from crm.backup import BackupError, archive, databases
from crm.backup.making import keys_path
from crm.secrets.datakey import VARIABLE, fingerprints
from crm.secrets.readable import counted_sealed

#: Rows of these are made by migrating, and are nobody's work.
MADE_BY_MIGRATING = {"contenttypes", "auth"}


def restore(path, *, keys=None, replace=False, say=print) -> Any:
    """Restore the archive ``path``; ``keys`` is its file of keys (default: beside it).

    Returns the manifest.

    Refused with a sentence (BackupError), and nothing touched, for a damaged archive, one of
    another engine or of a newer version, keys that are missing or others, a service that runs, and,
    without ``replace``, where there are rows or files. What ``replace`` takes the place of is kept
    beside it, but for PostgreSQL's rows. An older version's is migrated.
    """
    path = Path(path)
    manifest = archive.checked(path)
    engine = databases.engine()
    _require_fitting(manifest, engine)
    found = _require_keys(manifest, path, keys)
    _require_room(engine, replace)
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=media.parent) as folder:
        archive.unpacked(path, folder)
        say("All parts are whole; the database is written.")
        engine.load(Path(folder) / engine.part)
        _keep_old(media)
        unpacked = Path(folder) / archive.MEDIA.rstrip("/")
        unpacked.mkdir(exist_ok=True)
        unpacked.rename(media)
    _install_keys(found)
    _require_same(manifest)
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    looked_at, unreadable = counted_sealed()
    say(f"{looked_at} encrypted values were read, {unreadable} of them cannot be.")
    return manifest


def _require_fitting(manifest, engine) -> None:
    if manifest["engine"] != engine.part:
        raise BackupError(
            f"This backup holds {manifest['engine']}, and DATABASE_URL names another kind of database."
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if newer := [
        f"{app} {name}" for app, name in manifest["migrations"] if (app, name) not in known
    ]:
        raise BackupError(
            f"This backup is of a newer version (it knows {newer[0]}): install that version first, then restore."
        )


def _require_keys(manifest, path, keys) -> dict[bytes | str, Any]:
    """The secrets by the names of their variables that are to be installed.

    BackupError where they do not open the data.
    """
    file = Path(keys) if keys else keys_path(path)
    given = (
        dict(line.partition("=")[::2] for line in file.read_text().splitlines())
        if file.exists()
        else {}
    )
    if keys and not given:
        raise BackupError(f"{file} holds no keys.")
    held = os.environ.get(VARIABLE) or given.get(VARIABLE) or settings.DATA_KEY
    wanted, there = manifest["keys"], fingerprints(held)
    if wanted and not held:
        raise BackupError(
            f"This backup needs its keys: give the file made as {keys_path(path).name} (--keys FILE), or set {VARIABLE}."
        )
    if not set(wanted) <= set(there) or wanted and wanted[-1] != there[-1]:
        where = (
            VARIABLE
            if os.environ.get(VARIABLE)
            else file
            if given
            else settings.SECRET_FILES[VARIABLE]
        )
        raise BackupError(
            f"The keys in {where} are not those of this backup: give the file that was made with it (--keys FILE)."
        )
    return given | {VARIABLE: held}


def _require_room(engine, replace) -> None:
    engine.require_room()
    _refuse_running()
    if not replace:
        _refuse_files()
        _refuse_rows()


def _refuse_files() -> None:
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(path.is_file() for path in media.rglob("*")):
        raise BackupError(
            f"There are files in {media}. To put the backup in their place, say --replace."
        )


def _refuse_rows() -> None:
    there = set(connection.introspection.table_names())
    for model in apps.get_models():
        if (
            model._meta.db_table in there
            and model._meta.app_label not in MADE_BY_MIGRATING
            and model._base_manager.exists()
        ):
            raise BackupError(
                f"This database holds rows ({model._meta.label}). To put the backup in their place, say --replace."
            )


def _refuse_running() -> None:
    """BackupError while `make run` is at work here."""
    lock = settings.VAR_DIR / "run.lock"
    if not lock.exists():
        return
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                "The service is running from this folder: end it first (Ctrl-C in its window)."
            ) from None


def _keep_old(path) -> None:
    """Move what is in the way aside, under a name that says when."""
    if path.exists() and (path.is_file() or any(path.iterdir())):
        path.rename(f"{path}.replaced-{timezone.localtime():%Y%m%d-%H%M%S-%f}")
    elif path.exists():
        shutil.rmtree(path)


def _install_keys(secrets) -> None:
    """Write the keys where the service looks for them.

    Those in the environment are its owner's to set.
    """
    for variable, path in settings.SECRET_FILES.items():
        key = secrets.get(variable)
        if not key or os.environ.get(variable) or path.exists() and path.read_text().strip() == key:
            continue
        _keep_old(path)
        with archive.new_file(path) as file:
            file.write(key.encode())
    settings.DATA_KEY = secrets[VARIABLE]


def _require_same(manifest) -> None:
    """The database holds as many rows as the manifest says."""
    with connection.cursor() as cursor:
        for table, count in manifest["counts"].items():
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
            if (found := cursor.fetchone()[0]) != count:
                raise BackupError(
                    f"{table} holds {found} rows after the restore, and the backup {count}."
                )
