"""Writing tables that are safe to open: no cell becomes a formula, and large ones do not fill the
memory.
"""

import csv
import datetime
import decimal
import re
from itertools import chain, islice
from typing import Any

from rustpy_xlsxwriter import Format, write_worksheets

FORMATS = ("xlsx", "csv")
ABOUT = "说明"
#: Rows by which the columns of days are known, and how wide each column is.
LOOKED_AT = 500
#: Of a column, in characters.
NARROWEST, WIDEST = 10, 60
#: What makes a spreadsheet program read a cell as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0")
#: What XML 1.0 has no place for, and what the name of a sheet may not hold either.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_SHEET_NAME = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff\[\]:*?/\\']")


def safe_text(value) -> str:
    """``value`` as text that no spreadsheet program takes for a formula: an apostrophe stands
    before what it might.

    Characters that XML does not know are left out: with one of them a workbook cannot be opened.
    """
    text = _NO_XML.sub("", str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def cell(value):
    """A value as a cell: numbers and days as such, everything else as safe text, nothing as an
    empty cell.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, (int, float, datetime.date)):
        return value
    return safe_text(value)


def write_table(path, file_format, *, title, heads, rows, notes=()) -> None:
    """Write ``rows`` (iterables of values) below ``heads`` to ``path``, as "xlsx" or "csv".

    ``notes`` say of what, for whom and when the table was made.
    """
    (write_csv if file_format == "csv" else write_xlsx)(path, title, heads, rows, notes)


def write_csv(path, title, heads, rows, notes) -> None:
    """UTF-8 with a byte-order mark, so that spreadsheet programs read Chinese rightly."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([_written(cell(value)) for value in row] for row in rows)


def _written(value) -> Any:
    """A cell as a person writes it: whole numbers without ".0", moments to the minute."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime.datetime) else value


def write_xlsx(path, title, heads, rows, notes) -> None:
    """One sheet with the table, its head frozen and filtered, and one that says what it is.

    Days and moments are such to the spreadsheet program; a column is known for one of days by its
    first rows.
    """
    name, table = sheet_name(title), (dict(zip(heads, map(cell, row), strict=True)) for row in rows)
    first = list(islice(table, LOOKED_AT)) or [dict.fromkeys(heads, "")]
    days = {head for row in first for head, value in row.items() if type(value) is datetime.date}
    write_worksheets(
        [(name, chain(first, table)), (ABOUT, iter([{title: safe_text(note)} for note in notes]))],
        str(path),
        datetime_format="yyyy-mm-dd hh:mm",
        column_formats={name: {head: Format().set_num_format("yyyy-mm-dd") for head in days}},
        column_width={ABOUT: 80},
        column_widths={name: {head: _width(head, (row[head] for row in first)) for head in heads}},
        freeze_panes={name: {"row": 1}},
        autofilter={name: True},
        bold_headers=True,
    )


def _width(head, values) -> int:
    """How wide a column is, in characters: as what stands in it, within limits.

    A Chinese character takes two.
    """
    texts = (head, *("" if value is None else _written(value) for value in values))
    longest = max(
        len(text) + sum(character > "\u2e7f" for character in text) for text in map(str, texts)
    )
    return min(max(longest + 2, NARROWEST), WIDEST)


def sheet_name(title) -> str:
    """``title`` as the name of a sheet: without what spreadsheet programs refuse in one, at most 31
    characters.
    """
    return _NO_SHEET_NAME.sub("", title)[:31].strip() or "台账"
