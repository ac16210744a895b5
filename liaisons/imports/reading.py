"""Reading a spreadsheet that may be anything: its size is known before it is parsed.

A file of five kilobytes can unpack to a million rows, so a workbook is first streamed through with counters, and only
then handed to the parser.
"""

import csv
import io
import re
import secrets
import zipfile
import zlib
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from crm.errors import Invalid
from liaisons.imports.formulas import FORMULA, mark_formulas

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_UNPACKED = 150 * 1024 * 1024  # bytes, all parts together
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 50_000, 100, 3_000_000
OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")


def keep_table(name, content):
    """Keep an uploaded file (an iterable of bytes); returns its path below MEDIA_ROOT and its rows. Invalid for no table."""
    path = f"imports/{secrets.token_urlsafe(18)}{Path(name).suffix.lower()[:8]}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for piece in content:
            file.write(piece)
    try:
        return path, read_table(target, name)
    except Invalid:
        target.unlink()
        raise


def read_table(path, name):
    """The rows of the first sheet that has any, as lists of cell values; Invalid with a sentence for what cannot be taken.

    ``name`` is the file's name as the person knows it.
    """
    path = Path(path)
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid(_("“%(name)s” is larger than 20 MB. Split it into several files.") % {"name": name})
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        has_formulas = _require_modest_zip(path, name)
        rows = _workbook_rows(path, name, has_formulas)
    elif head == OLE_HEADER:
        rows = _workbook_rows(path, name)
    elif Path(name).suffix.lower() in {".csv", ".txt"}:
        rows = _csv_rows(path, name)
    else:
        raise Invalid(_("“%(name)s” is no spreadsheet. Save it as .xlsx, .xls or .csv and choose it again.") % {"name": name})
    while rows and not any(_filled(value) for value in rows[-1]):
        rows.pop()
    if not rows:
        raise Invalid(_("“%(name)s” is empty.") % {"name": name})
    return rows


def _filled(value):
    return value is not None and str(value).strip() != ""


def _workbook_rows(path, name, has_formulas=False):
    if path.open("rb").read(8) == OLE_HEADER and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in path.read_bytes():
        raise _locked(name)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for position, sheet in enumerate(workbook.sheet_names):
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
            if rows:
                if len(rows) > MOST_ROWS or len(rows[0]) > MOST_COLUMNS:
                    raise _too_many(name)
                if has_formulas:
                    mark_formulas(path, position, rows)
                return rows
    except PasswordError as error:
        raise _locked(name) from error
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise Invalid(
            _("“%(name)s” is damaged or no spreadsheet. Open it, save it anew as .xlsx, and choose it again.") % {"name": name}
        ) from error
    return []


def _locked(name):
    return Invalid(_("“%(name)s” is protected by a password. Save it without one and choose it again.") % {"name": name})


def _too_many(name):
    return Invalid(
        _("“%(name)s” has more than %(rows)d rows or %(columns)d columns. Delete empty rows and columns, or split it.")
        % {"name": name, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
    )


def _require_modest_zip(path, name):
    """Stream through every part with counters; the sizes that the file itself states are not believed.

    Returns whether there are formulas in it.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = bundle.infolist()
            if len(entries) > 1000 or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _bomb(name)
            counted = _counted(bundle, name, _at_most) or _counted(bundle, name, _exactly)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Invalid(
            _("“%(name)s” is damaged or no spreadsheet. Open it, save it anew as .xlsx, and choose it again.") % {"name": name}
        ) from error
    if counted is None:
        raise _too_many(name)
    return counted["formulas"]


def _at_most(piece):
    """``(rows, cells)`` that stand in a piece of a sheet at the very most: plain bytes are counted thirty times as fast."""
    return piece.count(b"row"), piece.count(b"<")


def _exactly(piece):
    return len(_ROW.findall(piece)), len(_CELL.findall(piece))


def _counted(bundle, name, count):
    """Whether a workbook of allowed size has ``formulas``; None when it has too many rows or cells as ``count`` counts them."""
    unpacked = rows = cells = 0
    has_formulas, end = False, b""
    for entry in bundle.infolist():
        with bundle.open(entry) as part:
            while piece := part.read(1 << 20):
                unpacked += len(piece)
                if "/worksheets/" in entry.filename:
                    more_rows, more_cells = count(piece)
                    rows, cells = rows + more_rows, cells + more_cells
                    has_formulas = has_formulas or _holds_formula(end + piece)
                    end = piece[-20:]
                if unpacked > MOST_UNPACKED:
                    raise _bomb(name)
                if rows > MOST_ROWS * 2 or cells > MOST_CELLS:
                    return None
    return {"formulas": has_formulas}


def _holds_formula(piece):
    """Whether a formula stands in ``piece``; the pattern is only asked where its plain beginning is found."""
    return (b"<f" in piece or b":f" in piece) and FORMULA.search(piece) is not None


def _bomb(name):
    return Invalid(_("“%(name)s” unpacks to more than 150 MB, which no list of enterprises does.") % {"name": name})


def _csv_rows(path, name):
    body = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Invalid(_("The characters of “%(name)s” cannot be read. Save it as .xlsx and choose it again.") % {"name": name})
    rows = []
    try:
        for row in csv.reader(io.StringIO(text)):
            rows.append(row)
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise _too_many(name)
    except csv.Error as error:
        raise Invalid(
            _("“%(name)s” is damaged or no spreadsheet. Open it, save it anew as .xlsx, and choose it again.") % {"name": name}
        ) from error
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]
