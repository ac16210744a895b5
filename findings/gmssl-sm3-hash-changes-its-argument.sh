#!/usr/bin/env bash
# gmssl 3.2.2: sm3_hash() appends its padding to the list that it is given, so the same list has another hash the second time.
#
# One would guess: a hash function leaves its input alone and gives the same digest for the same variable.
# What happens: the argument must be a list of integers, and the function pads it in place: [97, 98, 99] has 64 members
#   afterwards. Hashing the list again hashes the padded message, and gives 1b68252b... instead of 66c7f0f4...
# Output seen: first 66c7f0f462eeedd9..., second 1b68252bd6373460..., 128 members after the second call
# Whom it hurts: request signing with 国密, where the body's list is hashed for the signature and once more for the log, on
#   a retry, or by the test that compares two calls. The first answer is right, so it looks like a fault of the other side.
# Instead: hashlib.new("sm3", data), which the standard library has where OpenSSL does; or `sm3_hash(list(data))` with a new list each time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check gmssl==3.2.2 >"$work/log" 2>&1 ||
  { echo "The pinned package could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import sys

from gmssl.sm3 import sm3_hash

RIGHT = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
body = list(b"abc")
first, after_first, second = sm3_hash(body), len(body), sm3_hash(body)
print(f"first {first[:16]}..., second {second[:16]}..., members {after_first} and then {len(body)}")
if first != RIGHT or sm3_hash(list(b"abc")) != RIGHT:
    sys.exit("Changed: the hash of a new list is no longer the standard's.")
if second != "1b68252bd63734304e2097754f3f494b7894164803d191d54e04cdfbeeb93b05" or (after_first, len(body)) != (64, 128):
    sys.exit("Changed: sm3_hash no longer pads the list that it is given.")
PY
"$work/venv/bin/python" "$work/check.py"
echo "As described: the second hash of the same list is another one."
