"""A backup is made: first the database as of one moment, then the files, until every file that it
names is in the archive.
"""

import datetime
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from crm.backup import BackupError, archive, databases
from crm.secrets.datakey import fingerprints
from crm.secrets.readable import refusal_to_start

#: Files that are still being written, and what a restore keeps or prepares.
UNFINISHED = ".part"
#: How often the database is dumped anew because a file that it named was removed before it was
#: copied.
ATTEMPTS = 4


def backup(target, *, keys=True) -> tuple[Path, dict[str, Any]]:
    """Make an archive at ``target`` (a folder, or a name that is free) and, with ``keys``, the file
    of keys beside it.

    Returns ``(the archive's path, its manifest's values)``. People may go on working: what they
    write after the moment of the dump is not in it. BackupError with a sentence where it cannot be
    made.
    """
    path = Path(target)
    if path.is_dir():
        path = path / f"crm-{timezone.localtime():%Y%m%d-%H%M%S}.tar"
    if keys:
        archive.refuse_existing(keys_path(path))
    if refusal := refusal_to_start():  # else the manifest would name keys that open nothing
        raise BackupError(refusal)
    with (
        tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder,
        archive.written(path) as tar,
    ):
        manifest = _fill(tar, Path(folder))
        tar.close(manifest)
    if keys:
        _write_keys(keys_path(path))
    return path, manifest


def keys_path(path) -> Path:
    """Where the keys of an archive lie."""
    return Path(f"{path}.keys")


def _fill(tar, folder) -> dict[str, Any]:
    """Put database and files into ``tar``; what the manifest says of them."""
    engine = databases.engine()
    moment, snapshot, missing = _dump_with_media(tar, engine, folder)
    tar.add_part(engine.part, snapshot.path)
    return {
        "product": product_version(),
        "made_at": moment.isoformat(),
        "engine": engine.part,
        "migrations": snapshot.migrations,
        "counts": snapshot.counts,
        "keys": fingerprints(settings.DATA_KEY),
        "not_there": sorted(missing),
    }


def _dump_with_media(tar, engine, folder) -> tuple[datetime.datetime, databases.Snapshot, set[str]]:
    """Put all files into ``tar`` and make a dump: ``(moment, dump, files that are missing)``.

    Rows are deleted before their files, and files are written before their rows. So a file that the
    dump names was there at its moment; if somebody removed it before it was copied, a dump of a
    later moment does not name it any more.
    """
    missing = None
    for _attempt in range(ATTEMPTS):
        moment, before = timezone.now(), missing
        snapshot = engine.snapshot(folder)
        _add_media(tar)
        missing = snapshot.named - tar.media.keys()
        if not missing or missing == before:
            break
    return moment, snapshot, missing


def _add_media(tar) -> None:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name not in tar.media and not name.endswith(UNFINISHED) and path.is_file():
            tar.add_media(name, path)


def _write_keys(path) -> None:
    with archive.new_file(path) as file:
        file.write(
            f"CRM_SECRET_KEY={settings.SECRET_KEY}\nCRM_DATA_KEY={settings.DATA_KEY}\n".encode()
        )


def product_version() -> Any:
    """The version that pyproject.toml names."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
