#!/usr/bin/env bash
# A workbook of two cells written by PyExcelerate 0.13.0 cannot be opened by SheetJS (npm xlsx 0.18.5): "Bad compressed size".
#
# One would guess: ZIP64 concerns files beyond 4 GiB, and a workbook that openpyxl and calamine open, SheetJS opens.
# What happens: PyExcelerate writes each sheet with force_zip64, so that part's local header has 0xFFFFFFFF for its size
#   and the true one in the extra field, which the ZIP specification allows at any size. SheetJS compares that field with the central
#   directory and throws. It is no matter of length: one row is enough, and every file of that writer is concerned.
# Output seen: openpyxl: 企业 甲; calamine: 企业 甲; SheetJS: Bad compressed size: N != 4294967295
# Whom it hurts: a server that exports with PyExcelerate (chosen for speed) for a page that previews or re-imports with
#   SheetJS; Python's own tests are all green. Any writer that streams parts with zipfile's force_zip64=True is in the same case.
# Instead: write with XlsxWriter (checked below), or pack the parts anew without force_zip64.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check PyExcelerate==0.13.0 XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 >"$work/log" 2>&1 &&
  npm install --silent --no-audit --no-fund --fetch-timeout=60000 --prefix "$work" xlsx@0.18.5 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/write.py" <<'PY'
import sys
import warnings

import openpyxl
import pyexcelerate
import xlsxwriter
from python_calamine import CalamineWorkbook

folder = sys.argv[1]
ROWS = [["企业"], ["甲"]]
book = pyexcelerate.Workbook()
book.new_sheet("s", data=ROWS)
book.save(f"{folder}/pyexcelerate.xlsx")
with xlsxwriter.Workbook(f"{folder}/xlsxwriter.xlsx") as book:
    book.add_worksheet("s").write_column(0, 0, ["企业", "甲"])
warnings.simplefilter("ignore")
by_openpyxl = [list(row) for row in openpyxl.load_workbook(f"{folder}/pyexcelerate.xlsx").active.values]
by_calamine = CalamineWorkbook.from_path(f"{folder}/pyexcelerate.xlsx").get_sheet_by_index(0).to_python()
print("openpyxl:", by_openpyxl, "calamine:", by_calamine)
if by_openpyxl != ROWS or by_calamine != ROWS:
    sys.exit("Changed: openpyxl or calamine no longer reads the workbook.")
PY
"$work/venv/bin/python" "$work/write.py" "$work"
cat > "$work/check.cjs" <<'JS'
const XLSX = require("xlsx");
const fail = (sentence) => { console.error(sentence); process.exit(1); };
const bySheetJS = (file) => {
  try {
    return XLSX.utils.sheet_to_json(XLSX.readFile(`${__dirname}/${file}`).Sheets.s, { header: 1 }).flat().join(" ");
  } catch (error) {
    return error.message;
  }
};
const [streamed, plain] = ["pyexcelerate.xlsx", "xlsxwriter.xlsx"].map(bySheetJS);
console.log(`SheetJS: ${streamed} / the same cells by XlsxWriter: ${plain}`);
if (!/^Bad compressed size: \d+ != 4294967295$/.test(streamed)) fail("Changed: SheetJS no longer refuses the workbook of PyExcelerate.");
if (plain !== "企业 甲") fail("Changed: SheetJS no longer reads the workbook of XlsxWriter.");
JS
node "$work/check.cjs"
echo "As described: a valid small workbook is refused by SheetJS."
