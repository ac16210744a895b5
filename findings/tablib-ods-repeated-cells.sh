#!/usr/bin/env bash
# tablib 3.10.0: reading an ODS sheet, runs of equal or empty cells shrink to one or none, and what follows moves to the left.
#
# One would guess: a Dataset loaded from .ods has the columns that LibreOffice or WPS shows.
# What happens: ODF writes neighbours that are alike once, with table:number-columns-repeated (rows likewise), and office
#   programs always do so. tablib reads a repeated value once, leaves a repeated empty cell out altogether, fills the
#   row up with '' at its end, and reads a repeated row once. So values stand under other headers, and rows are missing.
#   (A change that would read repeated cells has been proposed to it since 2025 and is not in this release.)
# Output seen (headers 企业, 电, 水, 气, 备注):
#   甲 | 有 | 有 | 有 | 急   is read as  甲 | 有 | 急 | '' | ''
#   乙 |    |    |    | 缓   is read as  乙 | 缓 | '' | '' | ''
#   three equal rows         are read as one
# Whom it hurts: django-import-export, which reads .ods through tablib: forms with columns of 是/否 or many blanks, where
#   neighbours are alike in nearly every row. The number of columns is right, so no check of the width notices.
# Instead: read .ods with python-calamine 0.9.1 (checked below), or ask for .xlsx.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check "tablib[ods]==3.10.0" odfpy==1.4.1 python-calamine==0.9.1 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import sys

import tablib
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

path = sys.argv[1]


def cell(text=None, times=None):
    options = {"numbercolumnsrepeated": times} if times else {}
    made = TableCell(valuetype="string", **options) if text else TableCell(**options)
    if text:
        made.addElement(P(text=text))
    return made


def add_row(table, cells, times=None):
    row = TableRow(**({"numberrowsrepeated": times} if times else {}))
    for one in cells:
        row.addElement(one)
    table.addElement(row)


book = OpenDocumentSpreadsheet()
table = Table(name="Sheet1")
add_row(table, [cell(text) for text in ("企业", "电", "水", "气", "备注")])
add_row(table, [cell("甲"), cell("有", 3), cell("急")])
add_row(table, [cell("乙"), cell(None, 3), cell("缓")])
add_row(table, [cell("丙"), cell("有"), cell("无"), cell("有"), cell("急")], times=3)
book.spreadsheet.addElement(table)
book.save(path)

with open(path, "rb") as file:
    read = [list(row) for row in tablib.Dataset().load(file.read(), format="ods")]
for row in read:
    print(row)
sheet = [["甲", "有", "有", "有", "急"], ["乙", "", "", "", "缓"], *[["丙", "有", "无", "有", "急"]] * 3]
if CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:] != sheet:
    sys.exit("Changed: python-calamine no longer reads this sheet as it is.")
if read != [["甲", "有", "急", "", ""], ["乙", "缓", "", "", ""], ["丙", "有", "无", "有", "急"]]:
    sys.exit("Changed: tablib no longer moves the values that follow repeated cells.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/form.ods"
echo "As described: values stand in other columns than in the sheet."
