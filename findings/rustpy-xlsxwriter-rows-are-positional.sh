#!/usr/bin/env bash
# rustpy-xlsxwriter 0.8.0: a dict's values are written by position; from the second row on its keys are not looked at.
#
# One would guess: write_worksheet(list of dicts) puts each value under the header that has its key, as csv.DictWriter,
#   pandas and polars do; a missing key leaves its cell empty.
# What happens: the first row's keys become the headers; every later row is written in the order of its own dict.
#   (Its README says so only in a list of optimisations: "values() iteration instead of per-key hash lookups".)
#   A row that lacks a key moves the values after it one column to the left, and a row whose keys come in another
#   order is written under the wrong headers. No error, no warning. write_csv does the same unless `columns=` is given.
# Output seen:
#   name | phone         | area
#   甲   | 0577-88880001 | 鹿城
#   瓯海 | 乙            | 0577-88880002     <- keys in the order area, name, phone
#   丙   | 洞头          | (empty)           <- no key "phone": the district stands under "phone"
# Whom it hurts: exports whose rows come from JSON, from `{**a, **b}` merges or from code that leaves empty keys out;
#   the sheet looks well filled, only in the wrong columns, and may tell a phone number under a column that anybody sees.
# Instead: bring every row to one key order first, `[{h: row.get(h) for h in headers} for row in rows]`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import io
import sys

import openpyxl
from rustpy_xlsxwriter import write_csv, write_worksheet

HEADERS = ["name", "phone", "area"]
ROWS = [
    {"name": "甲", "phone": "0577-88880001", "area": "鹿城"},
    {"area": "瓯海", "name": "乙", "phone": "0577-88880002"},
    {"name": "丙", "area": "洞头"},
]


def sheet(rows):
    target = io.BytesIO()
    write_worksheet(rows, target)
    target.seek(0)
    return [list(row) for row in openpyxl.load_workbook(target).active.values]


written = sheet(ROWS)
for row in written:
    print(" | ".join("(empty)" if cell is None else cell for cell in row))
write_csv(ROWS, sys.argv[1])
with open(sys.argv[1], encoding="utf-8") as file:
    in_csv = [line.rstrip("\n").split(",") for line in file]

wrong = [HEADERS, ["甲", "0577-88880001", "鹿城"], ["瓯海", "乙", "0577-88880002"], ["丙", "洞头", None]]
if written != wrong:
    sys.exit("Changed: write_worksheet no longer writes a dict's values by position.")
if in_csv[2] != ["瓯海", "乙", "0577-88880002"]:
    sys.exit("Changed: write_csv no longer writes a dict's values by position.")
ordered = sheet([{header: row.get(header) for header in HEADERS} for row in ROWS])
if ordered[1:] != [["甲", "0577-88880001", "鹿城"], ["乙", "0577-88880002", "瓯海"], ["丙", None, "洞头"]]:
    sys.exit("Changed: rows brought to one key order are no longer written under their headers.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/out.csv"
echo "As described: later rows are written by position, not by key."
