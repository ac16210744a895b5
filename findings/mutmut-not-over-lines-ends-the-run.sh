#!/usr/bin/env bash
# mutmut 3.8.1: one `if (not a\n    .b()):` anywhere in the sources ends the whole run before the first test.
#
# One would guess: a tool that edits code through a concrete syntax tree (libcst) writes code that can be parsed again, and one
#   construct that it cannot mutate costs that mutant, not the run.
# What happens: the mutation that takes a `not` away puts the operand in the place of the whole expression. The parentheses belong
#   to the expression that went, so they go too; where they let a condition go over several lines (ruff and black break a long
#   chain of methods so), the generated file is no Python. mutmut notices, and stops: nothing of the project is tested.
# Output seen: one line: a score; over lines: InvalidGeneratedSyntaxException: Mutmut generated invalid python syntax, exit code 1
# Whom it hurts: every Django project with a formatter, since `not Model.objects.filter(...).exists()` is what is broken over
#   lines. The message asks for a bug report and names the file, not the line, and excluding the file leaves its code unproved.
# Instead: let the operand keep the parentheses (tests/mutants.py), or `# pragma: no mutate` behind the `if (`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check mutmut==3.8.1 libcst==1.9.0 pytest==9.2.0 >"$work/log" 2>&1 ||
  { echo "The pinned packages could not be installed."; exit 2; }
cd "$work"
mkdir -p shop tests
touch shop/__init__.py
cat > pyproject.toml <<'E2'
[tool.mutmut]
source_paths = ["shop"]
E2
cat > tests/test_orders.py <<'E2'
from shop.orders import is_new


def test_it_is_new():
    assert is_new("a b") and not is_new("old one")
E2
run() { rm -rf mutants; "$work/venv/bin/mutmut" run --max-children 1 >"$work/$1" 2>&1; }

cat > shop/orders.py <<'E2'
def is_new(words):
    if not words.replace("new", "").startswith("old"):
        return True
    return False
E2
run one || { echo "Changed: not even the condition on one line is mutated."; tail -n 5 one; exit 1; }
cat > shop/orders.py <<'E2'
def is_new(words):
    if (
        not words.replace("new", "")
        .startswith("old")
    ):
        return True
    return False
E2
"$work/venv/bin/python" -m py_compile shop/orders.py
if run over; then echo "Changed: a condition over several lines is mutated as well."; exit 1; fi
grep -q "generated invalid python syntax" over || { echo "Changed: it fails in another way."; tail -n 5 over; exit 1; }
echo "on one line: $(tr '\r' '\n' <one | grep -c '🎉' >/dev/null && echo 'mutated and tested'); over lines: $(grep -o 'InvalidGeneratedSyntaxException' over | head -n 1)"
echo "As described: parentheses that hold a condition together are lost with the not, and the run ends."
