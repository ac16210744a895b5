#!/usr/bin/env bash
# polars 2.1.0 with fastexcel 0.21.0: read_excel throws filled rows away as "empty" when their values do not fit the guessed types.
#
# One would guess: a column with numbers above and text below becomes text (as in pandas), or the reader raises; at the
#   worst the odd cells become null. `drop_empty_rows=True` sounds as if it concerned rows that are empty in the sheet.
# What happens: the types are guessed from the first 100 rows. A later cell that does not fit becomes null, silently,
#   and then a row in which every cell became null counts as empty and is dropped: the frame has fewer rows than the sheet.
# Output seen, a sheet of 153 rows: 150 old 15-digit registration numbers, a credit code, a text, one number more:
#   defaults:                 151 rows, type Int64, the credit code is gone together with its row
#   drop_empty_rows=False:    153 rows, two of them null
#   infer_schema_length=None: 153 rows, type String, nothing lost
# Whom it hurts: lists of codes (one column, old numbers first, new codes with letters after them), which is how registers
#   that grew over the years look. The count of rows read is no longer evidence, and there is no row number to report.
# Instead: read every column as text, `schema_overrides={"代码": pl.String}` or `infer_schema_length=None`, and compare the
#   number of rows with the sheet's own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check polars==2.1.0 fastexcel==0.21.0 XlsxWriter==3.3.1 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import sys

import polars as pl
import xlsxwriter

path = sys.argv[1]
VALUES = [330300000000001 + n for n in range(150)] + ["91330300MA90000540", "无", 330300000000900]
book = xlsxwriter.Workbook(path)
page = book.add_worksheet()
page.write_column(0, 0, ["代码", *VALUES])
book.close()

plain = pl.read_excel(path)
kept = pl.read_excel(path, drop_empty_rows=False)
whole = pl.read_excel(path, infer_schema_length=None)
text = pl.read_excel(path, schema_overrides={"代码": pl.String})
for label, frame in (("defaults", plain), ("drop_empty_rows=False", kept), ("infer_schema_length=None", whole)):
    print(f"{label}: {frame.height} rows, type {frame.dtypes[0]}, {frame['代码'].null_count()} null")
if (plain.height, plain["代码"].null_count(), plain["代码"][-1]) != (151, 0, 330300000000900):
    sys.exit("Changed: read_excel no longer drops filled rows whose values do not fit the guessed type.")
if (kept.height, kept["代码"].null_count()) != (153, 2):
    sys.exit("Changed: with drop_empty_rows=False the unfitting cells are no longer null.")
expected = [str(value) for value in VALUES]
if whole["代码"].to_list() != expected or text["代码"].to_list() != expected:
    sys.exit("Changed: reading the column as text no longer keeps every row.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/codes.xlsx"
echo "As described: two filled rows are missing from the frame, without a word."
