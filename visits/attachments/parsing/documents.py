"""Looking into a document: whether it holds what its ending says, no macros, and no more than a
document does.
"""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from visits.attachments.parsing import Unfit

OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_UNPACKED, MOST_PARTS = 150 * 1024 * 1024, 2000  # of a packed document: bytes, parts
PIECE = 1 << 20  # bytes


def look_into(path, holds) -> None:
    """Return nothing when the file at ``path`` is a document of the kind ``holds``
    (visits.attachments.documents.DOCUMENTS).

    Unfit: other (it is something else), macros, or unpacks (to more than a document does).
    """
    path = Path(path)
    if holds == "pdf":
        with path.open("rb") as file:
            right = file.read(5) == b"%PDF-"
    elif holds == "text":
        right = _is_text(path.read_bytes())
    elif isinstance(holds, list):
        right = _is_compound(path.read_bytes(), holds)
    else:
        right = _is_package(path, holds)
    if not right:
        raise Unfit("other")


def _is_text(raw) -> bool:
    """Whether the bytes are text in UTF-8 or GB 18030, without control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(letter < " " and letter not in "\t\r\n\f" for letter in text)
    return False


def _is_compound(raw, streams) -> bool:
    """Whether it is an OLE file that holds one of ``streams``."""
    if not raw.startswith(OLE_HEADER):
        return False
    if _named("_VBA_PROJECT") in raw:
        raise Unfit("macros")
    return any(_named(stream) in raw for stream in streams)


def _named(stream) -> Any:
    """How the directory of an OLE file writes the name of a stream."""
    return stream.encode("utf-16-le") + b"\0\0"


def _is_package(path, part) -> bool:
    """Whether it is a packed document with ``part`` in it.

    Every part is unpacked with a counter, no stated size is believed.
    """
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = bundle.infolist()
            if (
                len(entries) > MOST_PARTS
                or sum(entry.file_size for entry in entries) > MOST_UNPACKED
            ):
                raise Unfit("unpacks")
            for entry in entries:
                with bundle.open(entry) as packed:
                    while piece := packed.read(PIECE):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise Unfit("unpacks")
            names = {entry.filename for entry in entries}
    except (Unfit, MemoryError):
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
    ):
        return False
    if any(found.lower().endswith("vbaproject.bin") for found in names):
        raise Unfit("macros")
    return part in names
