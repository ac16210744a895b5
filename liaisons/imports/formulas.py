"""Formulas in a workbook whose result the file does not hold: a parser gives nothing for them, as
if the cell were empty.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from liaisons.imports.sheets import FORMULA, place

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*\w+:id=[\"']([^\"']+)")
_TARGET = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"(\w+)=[\"']([^\"']*)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_RESULT = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is[\s>])")
_ADDRESS = re.compile(rb"[A-Z]{1,3}[1-9]\d{0,6}")


class WithoutResult(str):
    """What stands for such a cell among the values of its row."""


def mark_formulas(path, sheet, rows) -> None:
    """Put WithoutResult into ``rows`` (of the sheet at position ``sheet``) wherever a formula has
    no stored result.
    """
    for row, column in _unanswered(path, sheet):
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = WithoutResult("=…")


def _unanswered(path, sheet) -> Iterator[tuple[int, int]]:
    """``(row, column)``, both from 0, of each such cell."""
    with zipfile.ZipFile(path) as bundle:
        try:
            body = bundle.read(_part_of(bundle, sheet))
        except (KeyError, IndexError, ValueError):  # not laid out as Excel does it
            return
    for attributes, content in _CELL.findall(body):
        told = dict(_ATTRIBUTE.findall(attributes))
        # A result that is a text may be empty: then the cell says so by its type.
        is_open = (
            FORMULA.search(content) and told.get(b"t") != b"str" and not _RESULT.search(content)
        )
        if is_open and _ADDRESS.fullmatch(told.get(b"r", b"")):
            yield place(told[b"r"].decode())


def _part_of(bundle, sheet) -> Any:
    """The name of the part that holds the sheet at a position."""
    wanted = _SHEET.findall(bundle.read("xl/workbook.xml"))[sheet]
    for relation in _TARGET.findall(bundle.read("xl/_rels/workbook.xml.rels")):
        told = dict(_ATTRIBUTE.findall(relation))
        if told.get(b"Id") == wanted:
            target = told[b"Target"].decode()
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)
