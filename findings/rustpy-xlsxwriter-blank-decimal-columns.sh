#!/usr/bin/env bash
# rustpy-xlsxwriter 0.8.0 with polars 2.1.0: columns of Decimal, Time and Duration come out empty, without an error.
#
# One would guess: a column type that the writer does not know is refused, or written as text; the same values given as
#   a list of dicts are written well (Decimal as a number, the others as text).
# What happens: from a polars (or pyarrow, or pandas with pyarrow installed) frame, all cells of such a column are
#   blank. `na_rep=`, meant to make missing values visible, does not mark them. Under the header stands nothing.
# Output seen:
#   frame: name=甲 capital=None at=None took=None
#   dicts: name=甲 capital=500.25 at=09:00:00 took=0:45:00
# Whom it hurts: money is what one keeps as Decimal. A report of registered capital made from a query through polars
#   has a column of blanks that reads as "not known", and totals of it as zero.
# Instead: cast before writing (`pl.col("capital").cast(pl.Float64)`, times to text), or give `frame.to_dicts()`; in a
#   test, read the file back and compare cell by cell.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check rustpy-xlsxwriter==0.8.0 polars==2.1.0 openpyxl==3.1.5 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import io
import sys
from datetime import time, timedelta
from decimal import Decimal

import openpyxl
import polars as pl
from rustpy_xlsxwriter import write_worksheet

frame = pl.DataFrame({"name": ["甲"], "capital": [Decimal("500.25")], "at": [time(9, 0)], "took": [timedelta(minutes=45)]})
COLUMNS = frame.columns


def read_back(data, **options):
    target = io.BytesIO()
    write_worksheet(data, target, **options)
    target.seek(0)
    headers, row = openpyxl.load_workbook(target).active.values
    return dict(zip(headers, row, strict=True))


for label, data in (("frame:", frame), ("dicts:", frame.to_dicts())):
    print(label, " ".join(f"{column}={value}" for column, value in read_back(data).items()))
blank = {"name": "甲", "capital": None, "at": None, "took": None}
if read_back(frame) != blank:
    sys.exit("Changed: Decimal, Time and Duration columns of a polars frame are no longer blank.")
if read_back(frame, na_rep="缺") != blank:
    sys.exit("Changed: na_rep now marks the cells that the writer could not write.")
if read_back(frame.to_dicts()) != {"name": "甲", "capital": 500.25, "at": "09:00:00", "took": "0:45:00"}:
    sys.exit("Changed: the same values as dicts are no longer written.")
if read_back(frame.with_columns(pl.col("capital").cast(pl.Float64)))["capital"] != 500.25:
    sys.exit("Changed: a Decimal column cast to Float64 is no longer written.")
PY
"$work/venv/bin/python" "$work/check.py"
echo "As described: the frame's Decimal, Time and Duration cells are blank."
