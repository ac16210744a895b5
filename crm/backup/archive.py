"""The archive: a tar whose last member, the manifest, says what is in it.

It has its name only once it is complete.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crm.backup import BackupError

FORMAT = 1
MANIFEST, MEDIA_LIST, MEDIA = "manifest.json", "media.sha256", "media/"
_PIECE = 1024 * 1024


class _Hashing:
    """A file that is read through, and hashed on the way."""

    def __init__(self, file) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def read(self, size=-1) -> Any:
        piece = self.file.read(size)
        self.hash.update(piece)
        return piece


class Writer:
    """An archive in the making. ``parts`` and ``media`` are names → SHA-256 of what is in it."""

    def __init__(self, tar) -> None:
        self.tar, self.parts, self.media, self.media_bytes = tar, {}, {}, 0

    def add_part(self, name, path) -> None:
        """Add the file at ``path`` as a part."""
        self.parts[name] = self._add(name, path)

    def add_media(self, name, path) -> bool:
        """Add a file of MEDIA_ROOT; False where it is gone."""
        try:
            self.media[name] = self._add(MEDIA + name, path)
        except FileNotFoundError:
            return False
        self.media_bytes += self.tar.members[-1].size
        return True

    def close(self, manifest) -> None:
        """Add the list of the media and the manifest, with ``manifest``'s values in it."""
        lines = "".join(f"{digest}  {MEDIA}{name}\n" for name, digest in sorted(self.media.items()))
        self.parts[MEDIA_LIST] = self._add_bytes(MEDIA_LIST, lines.encode())
        values = {
            "format": FORMAT,
            **manifest,
            "media": {"files": len(self.media), "bytes": self.media_bytes},
            "parts": self.parts,
        }
        self._add_bytes(MANIFEST, json.dumps(values, indent=1, ensure_ascii=False).encode())

    def _add(self, name, path) -> str:
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            stat = os.fstat(file.fileno())
            member.size, member.mtime, member.mode = stat.st_size, int(stat.st_mtime), 0o600
            hashing = _Hashing(file)
            self.tar.addfile(member, hashing)
        return hashing.hash.hexdigest()

    def _add_bytes(self, name, content) -> str:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self.tar.addfile(member, io.BytesIO(content))
        return hashlib.sha256(content).hexdigest()


@contextmanager
def written(path) -> Iterator[Writer]:
    """A Writer of the archive ``path``, mode 0600, which appears there once all went well; an
    existing file is left alone.
    """
    path, draft = Path(path), Path(f"{path}.part")
    refuse_existing(path)
    with new_file(draft) as file:
        try:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
            refuse_existing(path)
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)


def refuse_existing(path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already and is not overwritten; choose another name.")


def new_file(path) -> Any:
    """A file that did not exist before, open for writing bytes, for its owner alone."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise BackupError(
            f"{path} exists: a backup of this name is being made, or was broken off; then delete it."
        ) from None
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error


def checked(path) -> dict[str, Any]:
    """The manifest of the archive ``path``, every part of which has been read and compared with its
    hash; BackupError else.
    """
    manifest, listed, found = _read(path)
    if manifest.get("format") != FORMAT:
        raise BackupError(
            f"{path} has a format that this version does not know: {manifest.get('format')}."
        )
    wanted = manifest["parts"] | listed
    names = wanted.keys() | found.keys() - {MANIFEST}
    if wrong := sorted(name for name in names if wanted.get(name) != found.get(name)):
        raise BackupError(
            f"{path} is damaged: {', '.join(wrong[:5])} ({len(wrong)} in all) differ from what the manifest says."
        )
    return manifest


def _read(path) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """The manifest, the hashes of the list of files, and those of all that lies in the archive."""
    try:
        with tarfile.open(path) as tar:
            found = {member.name: _hash_of(tar, member) for member in tar}
            manifest = json.load(tar.extractfile(MANIFEST))
            listed = _listed(tar.extractfile(MEDIA_LIST).read().decode())
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BackupError(f"{path} is not a whole backup: {error}.") from error
    return manifest, listed, found


def _hash_of(tar, member) -> str:
    if not member.isfile():
        raise ValueError(f"{member.name} is no plain file")
    file, digest = tar.extractfile(member), hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _listed(text) -> dict:
    """name → SHA-256 of the lines of a list as sha256sum writes it."""
    return {
        name: digest
        for digest, _space, name in (line.partition("  ") for line in text.splitlines())
    }


def unpacked(path, folder) -> None:
    """Unpack a checked archive into ``folder``."""
    with tarfile.open(path) as tar:
        tar.extractall(folder, filter="data")
