#!/usr/bin/env bash
# jsQR 1.4.0: a symbol in Hanzi mode (GB/T 18284) scans "successfully" as a number that is nowhere in it.
#
# One would guess: a reader that lacks a mode gives null, its answer for "no code found".
# What happens: jsQR does not know mode 1101 and simply reads on. The next four bits, the subset indicator 0001, are
#   then taken for "numeric", and the Chinese text's bits for digits. The result has data, chunks and a location like any good scan.
# Output seen: 温州市 -> {"data":"9128037953760","chunks":["numeric"]}; zxing-cpp 3.1.1 reads 温州市 from the same picture.
# Whom it hurts: web pages that scan with jsQR (it is the usual choice in a browser) and use what comes back as a number:
#   a badge, asset or enterprise number that exists perhaps, but for another one.
# Instead: accept only data in the form that your own codes have (a prefix or a check digit), or read with zxing-cpp/zxing-wasm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 numpy==2.4.6 >"$work/log" 2>&1 &&
  npm install --silent --no-audit --no-fund --fetch-timeout=60000 --prefix "$work" jsqr@1.4.0 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cat > "$work/draw.py" <<'PY'
import json
import sys

import numpy
import segno
import zxingcpp

pictures = []
for mode in ("hanzi", "byte"):
    symbol = segno.make_qr("温州市", mode=mode, encoding=None if mode == "hanzi" else "utf-8")
    dark = numpy.array([[bool(module) for module in row] for row in symbol.matrix_iter(scale=4, border=4)])
    grey = numpy.where(dark, 0, 255).astype(numpy.uint8)
    if zxingcpp.read_barcodes(grey)[0].text != "温州市":
        sys.exit("Changed: zxing-cpp no longer reads the symbol.")
    pictures.append({"mode": mode, "width": len(grey), "grey": grey.flatten().tolist()})
with open(sys.argv[1], "w") as file:
    json.dump(pictures, file)
PY
"$work/venv/bin/python" "$work/draw.py" "$work/pictures.json"
cat > "$work/check.cjs" <<'JS'
const jsQR = require("jsqr");
const found = {};
for (const { mode, width, grey } of require("./pictures.json")) {
  const rgba = new Uint8ClampedArray(grey.flatMap((value) => [value, value, value, 255]));
  const code = jsQR(rgba, width, width);
  found[mode] = code && { data: code.data, chunks: code.chunks.map((chunk) => chunk.type) };
  console.log(mode, JSON.stringify(found[mode]));
}
if (found.byte?.data !== "温州市") {
  console.error("Changed: jsQR no longer reads the same text in byte mode.");
  process.exit(1);
}
if (JSON.stringify(found.hanzi) !== process.argv[2]) {
  console.error("Changed: jsQR no longer gives these digits for a symbol in Hanzi mode.");
  process.exit(1);
}
JS
node "$work/check.cjs" '{"data":"9128037953760","chunks":["numeric"]}'
echo "As described: Chinese text was read as a number."
