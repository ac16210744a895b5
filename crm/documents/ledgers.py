"""A ledger (台账): a workbook in the layout in which offices hand such tables round, ready to be
printed.

Above the table stand its title over the whole width, who fills it in and when, and what it is
about; below it notes and a line to sign. It is written row by row, so that a long one does not fill
the memory.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from crm.documents.spreadsheets import cell, sheet_name

#: Chinese Windows and WPS have these two; where they are absent the programs take another Chinese
#: type (charset 134).
HEADING, BODY, CHARSET = "黑体", "宋体", 134
TITLE_SIZE, SIZE = 20, 10
LINE = 14  # points of a line of SIZE
#: Points; a spreadsheet program makes no row higher.
HIGHEST = 409
DAY = 'yyyy"年"m"月"d"日"'
A4, NUMBER_WIDTH = 9, 5
FOOTER = "&C第 &P 页 共 &N 页"


_BODY = {
    "font_name": BODY,
    "font_charset": CHARSET,
    "font_size": SIZE,
    "valign": "vcenter",
    "text_wrap": True,
}
_FRAMED, _HEADING = {**_BODY, "border": 1}, {"font_name": HEADING}
STYLES = {
    "title": {**_BODY, **_HEADING, "font_size": TITLE_SIZE, "align": "center"},
    "left": {**_BODY, "align": "left"},
    "right": {**_BODY, "align": "right"},
    "head": {**_FRAMED, **_HEADING, "align": "center", "bg_color": "#EDEDED"},
    "text": {**_FRAMED, "align": "left"},
    "centred": {**_FRAMED, "align": "center"},
    "day": {**_FRAMED, "align": "center", "num_format": DAY, "text_wrap": False},
}


@dataclass(frozen=True)
class LedgerHead:
    """One column: its words, how wide it is (in half-width characters), and whether its cells are
    centred.
    """

    label: str
    width: int
    centred: bool = True


def write_ledger(path, *, title, left, right, about, heads, rows, notes, signature) -> None:
    """Write ``rows`` (iterables of values, one for each of ``heads``) to ``path`` (a Path) as an
    Excel workbook.

    A column with running numbers stands before ``heads``. ``left`` and ``right`` are the line below
    the title, ``about`` the one below that. ``notes(count)`` gives the lines below the table when
    it is known how many rows there were; ``signature`` are the parts of the last line. Texts are
    never read as formulas; dates are dates.
    """
    # Its own drafts lie beside the file: what a killed worker leaves there is cleared with the
    # others.
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": DAY}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = _Sheet(book, [LedgerHead("序号", NUMBER_WIDTH), *heads], title)
        sheet.across(title, "title", height=36)
        sheet.parts((left, right), ("left", "right"))
        sheet.across(about, "left")
        sheet.heads()
        count = sheet.rows(rows)
        for note in notes(count):
            sheet.across(note, "left")
        sheet.parts(signature, ("left",) * len(signature), height=30)


class _Sheet:
    """The one sheet, written from top to bottom: nothing above the row at hand can be written any
    more.
    """

    def __init__(self, book, heads, title) -> None:
        self.columns, self.row = heads, 0
        self.formats = _formats(book)
        self.sheet = book.add_worksheet(sheet_name(title))
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_footer(FOOTER)
        for number, head in enumerate(heads):
            self.sheet.set_column(number, number, head.width)

    def across(self, text, style, height=None) -> None:
        """One text over the whole width, in a row as high as it needs."""
        self._begin(height or _height(text, sum(head.width for head in self.columns)))
        self._span(0, len(self.columns) - 1, text, style)
        self.row += 1

    def parts(self, texts, styles, height=20) -> None:
        """Several texts side by side, each over its share of the width."""
        self._begin(height)
        last, starts = (
            len(self.columns) - 1,
            _shares([head.width for head in self.columns], len(texts)),
        )
        for place, (text, style) in enumerate(zip(texts[: len(starts)], styles, strict=False)):
            self._span(
                starts[place],
                starts[place + 1] - 1 if place + 1 < len(starts) else last,
                text,
                style,
            )
        self.row += 1

    def heads(self) -> None:
        """The heads of the columns: they stay on the screen, and come again on each printed page."""
        self._begin(max(_height(head.label, head.width) for head in self.columns) + 6)
        for number, head in enumerate(self.columns):
            self.sheet.write_string(self.row, number, head.label, self.formats["head"])
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)

    def rows(self, rows) -> int:
        """The rows with their running numbers; returns how many there were."""
        count = 0
        for count, values in enumerate(rows, start=1):
            values = [count, *map(cell, values)]
            self._begin(
                max(
                    _height(str(value), head.width)
                    for value, head in zip(values, self.columns, strict=True)
                )
            )
            for number, (value, head) in enumerate(zip(values, self.columns, strict=True)):
                self._write(number, value, head)
            self.row += 1
        return count

    def _write(self, number, value, head) -> None:
        if isinstance(value, datetime.date):
            self.sheet.write_datetime(self.row, number, value, self.formats["day"])
        elif isinstance(value, (int, float)):
            self.sheet.write_number(self.row, number, value, self.formats["centred"])
        elif value == "":
            self.sheet.write_blank(self.row, number, None, self.formats["text"])
        else:
            self.sheet.write_string(
                self.row, number, value, self.formats["centred" if head.centred else "text"]
            )

    def _begin(self, height) -> None:
        self.sheet.set_row(self.row, height)

    def _span(self, first, last, text, style) -> None:
        text = str(cell(text))
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", self.formats[style])
        self.sheet.write_string(self.row, first, text, self.formats[style])


def _formats(book) -> dict[str, Any]:
    """The ways in which cells are written, by name."""
    return {name: book.add_format(style) for name, style in STYLES.items()}


def _height(text, width) -> int:
    """Points that ``text`` needs in a cell of ``width``: spreadsheet programs do not find it for
    files made elsewhere.

    A line holds a little less than its width, for no character is parted; a Chinese one takes two
    places.
    """
    fitting = max(width - 1, 1)
    lines = sum(
        -(-(len(line) + sum(letter > "\u2e7f" for letter in line)) // fitting) or 1
        for line in text.split("\n")
    )
    return min(lines * LINE + 4, HIGHEST)


def _shares(widths, count) -> list[int]:
    """The columns at which ``count`` parts begin, each with its share of the width and at least one
    column.
    """
    starts, total, so_far = [0], sum(widths), 0
    for number, width in enumerate(widths[:-1], start=1):
        so_far += width
        if len(starts) < count and so_far >= total * len(starts) / count:
            starts.append(number)
    return starts
