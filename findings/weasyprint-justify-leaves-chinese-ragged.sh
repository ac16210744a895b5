#!/usr/bin/env bash
# WeasyPrint 70.0: text-align: justify widens spaces only, so lines of Chinese stay ragged and a single space takes all of a line's slack.
#
# One would guess: justified Chinese ends flush at the right edge, as browsers set it, by widening the gaps between
#   characters; `text-justify: inter-character` at least would ask for that.
# What happens: the slack of a line is divided among its spaces (U+0020 and no-break space). A line without any is left
#   as it is; a line with one Latin letter or figure set off by spaces is stretched there. `text-justify` is an unknown property to
#   it, and nothing says that justify had no effect.
# Output seen, a block of 210 px and characters of 20 px, right edges of the full lines:
#   Chinese only:     200 200 200 200     (also with text-justify: inter-character)
#   with " A " in it: 210 for that line, 200 for the next
# Whom it hurts: official papers, whose text block is a fixed number of characters: where a mark may not begin a line the
#   line is one or two characters short, and the right edge steps in and out; a proof with Latin sample text looks perfect.
# Instead: make the block a whole number of characters wide (28 × 16 pt) and set text-align: left, or letter-space short lines oneself.
# Needs: Pango, as WeasyPrint always does, and any font with Chinese characters.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check weasyprint==70.0 >"$work/log" 2>&1 ||
  { echo "The pinned package could not be installed."; exit 2; }
cat > "$work/check.py" <<'PY'
import sys

from weasyprint import HTML

CHINESE = "温州市公安局服务企业工作专班，会议纪要已印发。请各分局、派出所遵照执行并于月底前反馈情况"
MIXED = "温州市公安 A 局服务企业工作专班会议纪要已印发请各分局"


def boxes_named(box, name):
    if type(box).__name__ == name:
        yield box
    for child in getattr(box, "children", ()):
        yield from boxes_named(child, name)


def right_edges(text, more=""):
    style = f"@page{{size:400px 400px;margin:0}} body{{margin:0}} p{{margin:0;width:210px;font-size:20px;text-align:justify;{more}}}"
    page = HTML(string=f'<style>{style}</style><p lang="zh-CN">{text}').render().pages[0]
    return [
        round(max(box.position_x + box.width for box in boxes_named(line, "TextBox")))
        for line in boxes_named(page._page_box, "LineBox")
    ][:-1]


plain, asked, mixed = right_edges(CHINESE), right_edges(CHINESE, "text-justify:inter-character"), right_edges(MIXED)
print("Chinese only:", *plain, "| with text-justify:", *asked, "| with a Latin letter:", *mixed)
if len(plain) != 4:
    print("This machine has no font with full-width Chinese characters.")
    sys.exit(2)
if plain != [200] * 4 or asked != [200] * 4:
    sys.exit("Changed: WeasyPrint now justifies lines of Chinese.")
if mixed != [210, 200]:
    sys.exit("Changed: the line with spaces is no longer the only one that is stretched.")
PY
"$work/venv/bin/python" "$work/check.py"
echo "As described: only the line with spaces reaches the right edge."
