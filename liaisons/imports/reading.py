"""The file of an import: kept as it came, read once in a process of its own, and its rows kept
beside it.
"""

import datetime
import secrets
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import sandbox
from crm.errors import Invalid
from liaisons.imports.formulas import WithoutResult
from liaisons.imports.sheets import OLE_HEADER

FOLDER = "imports"  # below MEDIA_ROOT
LARGEST_FILE = 20 * 1024 * 1024  # bytes
WAITING_SECONDS = 7 * 24 * 3600
TEXT_ENDINGS = frozenset({".csv", ".txt"})
#: What the process that reads may take: twice the memory and ten times the time of the largest
#: workbooks that are allowed.
MEMORY, SECONDS = 640, 60  # MB, seconds
_TAGS = {
    "moment": datetime.datetime.fromisoformat,
    "day": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "formula": lambda _true: WithoutResult("=…"),
}


def keep_file(name, content) -> str:
    """Keep an uploaded file (an iterable of bytes); returns its path below MEDIA_ROOT.

    Nothing is parsed. Invalid for what is too large, or shows by its first bytes that it is no
    spreadsheet.
    """
    ending = Path(name).suffix.lower()[:8]
    path = f"{FOLDER}/{secrets.token_urlsafe(18)}{ending}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(target, content, ending, name)
    except BaseException:
        target.unlink()
        raise
    return path


def _write(target: Path, content: Iterable[bytes], ending: str, name: str) -> None:
    """Write a file piece by piece, as far as it may be one."""
    with target.open("xb") as file:
        for piece in content:
            if not file.tell():
                _require_spreadsheet(piece, ending, name)
            file.write(piece)
            if file.tell() > LARGEST_FILE:
                sentence = _("“%(name)s” is larger than 20 MB. Split it into several files.")
                raise Invalid(sentence % {"name": name})


def _require_spreadsheet(head, ending, name) -> None:
    if not (head.startswith((b"PK", OLE_HEADER)) or ending in TEXT_ENDINGS):
        raise _refusal({"why": "other"}, name)


def drop_file(path) -> None:
    """Remove a kept file and its rows."""
    for kept in (Path(settings.MEDIA_ROOT) / path, _rows_file(path)):
        kept.unlink(missing_ok=True)


def sweep_files(named) -> int:
    """Remove the files that no import names (``named``: their paths) and that are a week old.

    Returns how many went.
    """
    ended, removed = time.time() - WAITING_SECONDS, 0
    for file in (Path(settings.MEDIA_ROOT) / FOLDER).glob("*"):
        path = f"{FOLDER}/{file.name.partition('.rows')[0]}"
        if path not in named and file.stat().st_mtime < ended:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def read_file(path, name, tick=None) -> int:
    """Read a kept file and keep its rows beside it; returns how many there are.

    Invalid with a sentence for no table. ``tick`` is called every few seconds meanwhile.
    """
    rows = _rows_file(path)
    draft = rows.with_name(f"{rows.name}.{secrets.token_hex(4)}")
    try:
        count = _parse(Path(settings.MEDIA_ROOT) / path, name, draft, tick)
        draft.replace(rows)
        return count
    finally:
        draft.unlink(missing_ok=True)


def _parse(path: Path, name: str, draft: Path, tick: Callable[[], object] | None) -> int:
    """Let a process of its own write the rows to ``draft``: how many; Invalid for no table."""
    task, files = "liaisons.imports.parsing:keep_rows", {"path": str(path), "to": str(draft)}
    try:
        return sandbox.run(task, memory=MEMORY, seconds=SECONDS, tick=tick, name=name, **files)
    except sandbox.Unfit as unfit:
        raise _refusal(unfit.facts, name) from unfit
    except sandbox.Exceeded as exceeded:
        sentence = _(
            "“%(name)s” cannot be read: it takes more memory or time than is given. Copy the rows into a new file, and split it."
        )
        raise Invalid(sentence % {"name": name}) from exceeded


def kept_rows(path, first=None) -> list | None:
    """The rows of a file that was read, as lists of cell values (the ``first`` ones only).

    None when they are not kept.
    """
    try:
        with _rows_file(path).open("rb") as file:
            decode = msgspec.json.Decoder().decode
            return [_untagged(decode(line)) for line in islice(file, first)]
    except FileNotFoundError:
        return None


def _untagged(row) -> Any:
    for column, value in enumerate(row):
        if type(value) is dict:
            [(tag, written)] = value.items()
            row[column] = _TAGS[tag](written)
    return row


def _rows_file(path) -> Path:
    return Path(settings.MEDIA_ROOT) / f"{path}.rows"


#: Why a file cannot be taken (crm.sandbox.Unfit) → a sentence.
UNFIT = {
    "other": gettext_lazy(
        "“%(name)s” is no spreadsheet. Save it as .xlsx, .xls or .csv and choose it again."
    ),
    "damaged": gettext_lazy(
        "“%(name)s” is damaged or no spreadsheet. Open it, save it anew as .xlsx, and choose it again."
    ),
    "locked": gettext_lazy(
        "“%(name)s” is protected by a password. Save it without one and choose it again."
    ),
    "empty": gettext_lazy("“%(name)s” is empty."),
    "unpacks": gettext_lazy("“%(name)s” unpacks to more than 150 MB, which no list does."),
    "characters": gettext_lazy(
        "The characters of “%(name)s” cannot be read. Save it as .xlsx and choose it again."
    ),
    "reaches": gettext_lazy(
        "“%(name)s” has more than %(rows)d rows or %(columns)d columns: it reaches to %(cell)s at least. "
        "Delete what stands there, or split it."
    ),
}


def _refusal(facts, name) -> Invalid:
    """Why a file cannot be taken, as a sentence."""
    return Invalid(UNFIT[facts["why"]] % {"name": name, **facts})
