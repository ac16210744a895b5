"""What the XML of a sheet says of its size, found without building anything of it."""

import re

OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
#: An address of a cell. Quick, and it finds too much: also what only looks like one, and cells that
#: are only formatted.
_ADDRESS = re.compile(rb"r=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
#: A cell with something in it, and where it stands. An empty one that is only formatted takes no
#: memory.
_FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")


def letters(column) -> str:
    """The name of a column as a spreadsheet shows it: 0 → A, 26 → AA."""
    name = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        name = chr(65 + rest) + name
        column -= 1
    return name


def place(cell) -> tuple[int, int]:
    """``(row, column)``, both from 0, of a cell's address: B10 → (9, 1)."""
    name = cell.rstrip("0123456789")
    return int(cell[len(name) :]) - 1, column_called(name)


def column_called(name) -> int:
    """The column (from 0) of a name: A → 0, AA → 26."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column - 1


def place_name(row, column) -> str:
    """The address of a cell, both from 0: (9, 1) → B10."""
    return f"{letters(column)}{row + 1}"


class Extent:
    """How far the cells of a sheet reach (``rows``, ``columns``) and how many there are, from its
    XML given piece by piece.

    At the very most, in a fourth of the time; ``exact`` where that is too much.
    """

    rows = columns = cells = 0
    formulas = False
    _rest = b""

    def __init__(self, exact=False) -> None:
        self.addresses = (_FILLED if exact else _ADDRESS).findall

    def feed(self, piece) -> None:
        """Look at the next bytes of the part."""
        piece = self._rest + piece
        end = piece.rfind(b"<")  # a mark that is not whole yet waits for the next piece
        self._rest, piece = (piece[end:], piece[:end]) if end > 0 else (b"", piece)
        found = self.addresses(piece)
        self.cells += len(found)
        self.rows = max(self.rows, max({int(number) for _name, number in found}, default=0))
        self.columns = max(
            self.columns,
            *(column_called(name.decode()) + 1 for name in {name for name, _number in found}),
            0,
        )
        self.formulas = self.formulas or (
            (b"<f" in piece or b":f" in piece) and FORMULA.search(piece) is not None
        )
