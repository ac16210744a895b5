#!/usr/bin/env bash
# segno 1.6.6 labels GBK and GB 18030 text as ECI 29, and zxing-cpp 3.1.1 reads ECI 29 as plain GB 2312: 大峃镇 becomes 大�镇.
#
# One would guess: a symbol that declares its character set (eci=True) is the safe one; what the set has, arrives.
# What happens: ECI 29 stands for GB 2312, GBK has 31 and GB 18030 has 32. segno knows numbers up to 30 only and
#   writes 29 for all of them; zxing-cpp takes the label at its word and puts U+FFFD for each character outside GB 2312.
#   Names of GB 2312 characters work, so the fault shows at rare ones only. @zxing/library, which treats 29 as GB 18030, reads all.
# Output seen: 鹿城区 -> 鹿城区; 大峃镇 -> 大�镇; 翁垟街道 -> 翁�街道
# Whom it hurts: places and people with local characters (峃 and 垟 are in the names of 6 towns and sub-districts of Wenzhou);
#   the code scans, so nobody learns that the name is damaged.
# Instead: encoding="utf-8" (ECI 26, or no ECI), which both readers read for every name.
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


def scanned(text, encoding):
    symbol = segno.make_qr(text, mode="byte", encoding=encoding, eci=True)
    dark = numpy.array([[bool(module) for module in row] for row in symbol.matrix_iter(scale=4, border=4)])
    return zxingcpp.read_barcodes(numpy.where(dark, 0, 255).astype(numpy.uint8))[0].text


EXPECTED = {"鹿城区": "鹿城区", "大峃镇": "大\ufffd镇", "翁垟街道": "翁\ufffd街道"}
for encoding in ("gb18030", "gbk"):
    got = {name: scanned(name, encoding) for name in EXPECTED}
    print(encoding, "; ".join(f"{name} -> {text}" for name, text in got.items()))
    if got != EXPECTED:
        sys.exit(f"Changed: {encoding} text written by segno is read differently by zxing-cpp now.")
if any(scanned(name, "utf-8") != name for name in EXPECTED):
    sys.exit("Changed: UTF-8 with its ECI no longer reads back.")
PY
"$work/venv/bin/python" "$work/check.py"
echo "As described: characters outside GB 2312 are lost between the two."
