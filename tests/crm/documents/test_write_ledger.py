"""The workbook of a ledger opens whatever stands in it, and shows all of it."""

import openpyxl
from python_calamine import CalamineWorkbook

from crm.documents.ledgers import HIGHEST, LedgerHead, write_ledger


def test_characters_that_no_workbook_may_hold_do_not_break_it(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = [["\0=1\x01\x0b\ufffe", "𠮷 <&>\n第二行"]]
    heads = [LedgerHead("甲", 10), LedgerHead("乙", 10)]
    write_ledger(
        path,
        title="\x01a/b:\x0bc\n\ufffe",
        left="左",
        right="右",
        about="-",
        heads=heads,
        rows=rows,
        notes=lambda count: [],
        signature=["签"],
    )
    book = CalamineWorkbook.from_path(str(path))
    read = book.get_sheet_by_index(0).to_python()
    # The second reads strictly.
    assert book.sheet_names == ["abc"] and openpyxl.load_workbook(path).sheetnames == ["abc"]
    assert read[4][2] == "𠮷 <&>\n第二行" and str(read[4][1]).startswith("'=1")


def test_a_row_is_as_high_as_its_longest_text_needs(tmp_path):
    path, heads = tmp_path / "a.xlsx", [LedgerHead("甲", 21, centred=False)]
    rows = [["短"], ["长" * 95], ["行\n" * 3], ["长" * 5000]]
    write_ledger(
        path,
        title="表",
        left="",
        right="",
        about="",
        heads=heads,
        rows=rows,
        notes=lambda count: [],
        signature=["签"],
    )
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heights = [sheet.row_dimensions[5 + place].height for place in range(4)]
    assert heights[0] < heights[2] < heights[1] < heights[3] <= HIGHEST and heights[1] >= 10 * 14
