"""Reading a spreadsheet that may be anything.

Runs in a process of its own (crm.sandbox) and loads nothing of the service.

A file of five kilobytes can unpack to a million rows, and one cell far down makes a parser ask for
memory for all that lies above it. So a workbook is first streamed through with counters, which also
find how far its cells reach, and only then handed to the parser; what these do not see ends at the
bounds of the process.
"""

import csv
import datetime
import io
import json
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from liaisons.imports.formulas import WithoutResult, mark_formulas
from liaisons.imports.sheets import OLE_HEADER, Extent, place_name

MOST_UNPACKED = 150 * 1024 * 1024  # bytes, all parts together
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_PARTS = 50_000, 100, 3_000_000, 1000
PIECE = 1 << 20  # bytes
#: What zipfile raises for damaged bytes; it has no single error for them. An OSError is a part that
#: seems to lie before the file's beginning.
BROKEN = (
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
)
ENCRYPTED = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
NUL = b"\\u0000"  # as JSON writes it
PLAIN = frozenset({str, int, float, bool, type(None)})
_ENCODER = msgspec.json.Encoder()


class Unfit(Exception):  # noqa: N818 (it is an answer)
    """The file cannot be taken; ``unfit`` says why, in plain values."""

    def __init__(self, why, **more) -> None:
        super().__init__(why)
        self.unfit = {"why": why, **more}


class _Reaches(Unfit):
    """It has more rows, columns or cells than are taken."""


def keep_rows(path, name, to) -> int:
    """Write the rows of the first sheet that has any to the file ``to``; returns how many.

    Each line of ``to`` is a row as a JSON list; a day, a moment or a time is
    {"day"|"moment"|"time": its ISO form}, and a formula without a stored result {"formula": true}.
    ``name`` is the file's name as the person knows it. Unfit for what cannot be taken: damaged,
    locked, unpacks, reaches, empty, characters, or other.
    """
    rows = read_table(Path(path), name)
    while rows and not any(_filled(value) for value in rows[-1]):
        rows.pop()
    if not rows:
        raise Unfit("empty")
    with Path(to).open("wb") as file:
        file.writelines(_line(row) for row in rows)
    return len(rows)


def _line(row: list) -> bytes:
    """A row as a line of JSON."""
    values = [value if type(value) in PLAIN else _tagged(value) for value in row]
    line = _ENCODER.encode(values)
    if NUL in line:
        # No name or address holds a NUL, and PostgreSQL takes no text with one.
        line = _ENCODER.encode(
            [value.replace("\0", "") if type(value) is str else value for value in json.loads(line)]
        )
    return line + b"\n"


def _filled(value) -> bool:
    return value is not None and str(value).strip() != ""


def _tagged(value) -> dict[str, bool] | dict[str, str] | str:
    if isinstance(value, WithoutResult):
        return {"formula": True}
    if isinstance(value, datetime.datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"time": value.isoformat()}
    return str(value)


def read_table(path, name):
    """The rows of a spreadsheet as lists of cell values, the last ones perhaps empty."""
    with path.open("rb") as file:
        head = file.read(len(OLE_HEADER))
    if head.startswith(b"PK"):
        return _workbook_rows(path, has_formulas=_require_modest_zip(path))
    if head == OLE_HEADER:
        if ENCRYPTED in path.read_bytes():
            raise Unfit("locked")
        return _workbook_rows(path)
    if Path(name).suffix.lower() in {".csv", ".txt"}:
        return _csv_rows(path)
    raise Unfit("other")


def _workbook_rows(path, has_formulas=False):
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for position, sheet in enumerate(workbook.sheet_names):
            rows = workbook.get_sheet_by_name(sheet).to_python(
                skip_empty_area=False, nrows=MOST_ROWS + 1
            )
            if rows:
                _require_within(len(rows), len(rows[0]))
                if has_formulas:
                    mark_formulas(path, position, rows)
                return rows
    except PasswordError as error:
        raise Unfit("locked") from error
    except (CalamineError, *BROKEN) as error:
        raise Unfit("damaged") from error
    return []


def _require_within(rows, columns, cells=0) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS or cells > MOST_CELLS:
        raise _Reaches(
            "reaches", rows=MOST_ROWS, columns=MOST_COLUMNS, cell=place_name(rows - 1, columns - 1)
        )


def _require_modest_zip(path) -> bool:
    """Stream through every part with counters, for the sizes that the file states are not believed;
    returns whether there are formulas in it.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = bundle.infolist()
            stated = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_PARTS or stated > MOST_UNPACKED:
                raise Unfit("unpacks")
            try:
                return _streamed(bundle, exact=False)
            except _Reaches:
                return _streamed(bundle, exact=True)
    except BROKEN as error:
        raise Unfit("damaged") from error


def _streamed(bundle, exact) -> bool:
    """Whether there are formulas in a workbook of allowed size; Unfit for any other."""
    unpacked = cells = 0
    has_formulas = False
    for entry in bundle.infolist():
        extent = Extent(exact) if "/worksheets/" in entry.filename else None
        with bundle.open(entry) as part:
            while piece := part.read(PIECE):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise Unfit("unpacks")
                if extent:
                    extent.feed(piece)
                    _require_within(extent.rows, extent.columns, cells + extent.cells)
        if extent:
            cells, has_formulas = cells + extent.cells, has_formulas or extent.formulas
    return has_formulas


def _csv_rows(path) -> list:
    text, rows, width = _decoded(path.read_bytes()), [], 0
    try:
        for row in csv.reader(io.StringIO(text)):
            rows.append(row)
            width = max(width, len(row))
            _require_within(len(rows), width)
    except csv.Error as error:
        raise Unfit("damaged") from error
    return [row + [""] * (width - len(row)) for row in rows]


def _decoded(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unfit("characters")
