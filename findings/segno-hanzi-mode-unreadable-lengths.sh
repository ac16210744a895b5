#!/usr/bin/env bash
# segno 1.6.6: in Hanzi mode (GB/T 18284) a text of exactly 7, 20, 26 or 52 characters makes a symbol that no reader reads.
#
# One would guess: mode="hanzi", the compact mode made for GB 2312 text, works for every length or raises DataOverflowError.
# What happens: the segment has a mode indicator and a 4-bit subset indicator, but the size is reckoned without the
#   subset. Where the text fills the symbol to its last 3 bits or fewer, the message is cut and the error correction no longer fits it.
#   With the settings that make_qr() has by default, the lengths below 80 at which this happens are 7, 20, 26 and 52.
# Output seen: read by zxing-cpp 3.1.1: all lengths from 1 to 79 except [7, 20, 26, 52]; in byte mode (UTF-8) all.
# Whom it hurts: whoever prints Chinese names as codes; 互助土族自治县 (7 characters) is unreadable, 东乡族自治县 (6) is not.
#   A test with one sample name does not see it, and seven is a common length for names of counties and firms.
# Instead: mode="byte" with encoding="utf-8"; or read each symbol back before it is printed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 numpy==2.4.6 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import sys

import numpy
import segno
import zxingcpp

TEXT = "互助土族自治县人民政府办公室关于印发服务企业实施方案的通知" * 3


def reads_back(text, **options):
    symbol = segno.make_qr(text, **options)
    dark = numpy.array([[bool(module) for module in row] for row in symbol.matrix_iter(scale=4, border=4)])
    found = zxingcpp.read_barcodes(numpy.where(dark, 0, 255).astype(numpy.uint8))
    return [code.text for code in found] == [text]


unread = [length for length in range(1, 80) if not reads_back(TEXT[:length], mode="hanzi")]
print("Hanzi mode, lengths that do not read back:", unread)
if unread != [7, 20, 26, 52]:
    sys.exit("Changed: the lengths that Hanzi mode cannot write are no longer 7, 20, 26 and 52.")
if not all(reads_back(TEXT[:length], mode="byte", encoding="utf-8") for length in range(1, 80)):
    sys.exit("Changed: byte mode with UTF-8 no longer reads back at every length.")
PY
"$work/venv/bin/python" "$work/check.py"
echo "As described: four lengths are unreadable in Hanzi mode, none in byte mode."
