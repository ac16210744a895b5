#!/usr/bin/env bash
# rustpy-xlsxwriter 0.8.0: a column whose first value is a date writes every later datetime without its time of day.
#
# One would guess: each cell is written as what it is; a datetime of 09:30 is 09:30, whatever stands above it.
# What happens: the first value that is not None fixes the column's kind. After a date, datetimes of the same column
#   are cut to midnight, in xlsx and in csv alike. After a datetime, dates are written well, so the same rows in another
#   order give another file. The cell's number format still shows hours and minutes: 00:00:00, as if that were known.
# Output seen:
#   date first:     2026-11-01 00:00, 2026-11-02 00:00, 2026-11-02 00:00
#   datetime first: 2026-11-02 09:30, 2026-11-01 00:00, 2026-11-02 14:00
# Whom it hurts: columns that hold both, e.g. a deadline that is a day for most rows and a moment for urgent ones, or a
#   visit's time known to the minute for some. Whether times survive depends on which row a sort puts first.
# Instead: make a column of one type before writing, `datetime.combine(day, time.min)` for plain dates.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import io
import sys
from datetime import date, datetime

import openpyxl
from rustpy_xlsxwriter import write_csv, write_worksheet

DAY, MORNING, AFTERNOON = date(2026, 11, 1), datetime(2026, 11, 2, 9, 30), datetime(2026, 11, 2, 14, 0)


def read_back(values):
    target = io.BytesIO()
    write_worksheet([{"due": value} for value in values], target)
    target.seek(0)
    return [f"{cell.value:%Y-%m-%d %H:%M}" for cell in openpyxl.load_workbook(target).active["A"][1:]]


date_first, datetime_first = read_back([DAY, MORNING, AFTERNOON]), read_back([MORNING, DAY, AFTERNOON])
print("date first:    ", ", ".join(date_first))
print("datetime first:", ", ".join(datetime_first))
write_csv([{"due": DAY}, {"due": MORNING}], sys.argv[1])
with open(sys.argv[1], encoding="utf-8") as file:
    in_csv = file.read().split()
if date_first != ["2026-11-01 00:00", "2026-11-02 00:00", "2026-11-02 00:00"] or in_csv != ["due", "2026-11-01", "2026-11-02"]:
    sys.exit("Changed: a column that begins with a date now keeps the times of later datetimes.")
if datetime_first != ["2026-11-02 09:30", "2026-11-01 00:00", "2026-11-02 14:00"]:
    sys.exit("Changed: a column that begins with a datetime is no longer written as given.")
PY
"$work/venv/bin/python" "$work/check.py" "$work/out.csv"
echo "As described: a date in the first row takes the time of day from the rows below it."
