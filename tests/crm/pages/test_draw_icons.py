"""Every icon that a page, a menu entry or a button names is in the icon package."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from crm.pages import navigation
from crm.templatetags.crm import icon_body

IN_TEMPLATES = re.compile(r"""{%\s*icon\s+"([a-z0-9-]+)"|icon_name="([a-z0-9-]+)\"""")
IN_VIEWS = re.compile(r"""\bicon="([a-z0-9-]+)\"""")


def named_icons():
    """All icon names that are written in templates, in Python files of the rooms and in the menu."""
    base = Path(settings.BASE_DIR)
    names = {entry.icon for entry in navigation.menu}
    for path in (base / "templates").rglob("*.html"):
        names |= {a or b for a, b in IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))}
    for room in ("crm", "liaisons", "visits"):
        for path in (base / room).rglob("*.py"):
            names |= set(IN_VIEWS.findall(path.read_text(encoding="utf-8")))
    return sorted(names)


def test_every_named_icon_is_in_the_package():
    assert [name for name in named_icons() if not icon_body(name)] == []


def test_an_icon_is_one_drawing_hidden_from_screen_readers():
    drawn = Template('{% icon "search" "big" %}').render(Context())
    assert drawn.startswith('<svg class="icon big"') and 'aria-hidden="true"' in drawn
    assert 0 < drawn.count("<path") < 10 and len(drawn) < 1500


@pytest.mark.parametrize("name", ["no-such-icon", "", '"><script>'])
def test_an_unknown_icon_leaves_the_page_standing(name):
    drawn = Template("{% icon name %}").render(Context({"name": name}))
    assert drawn.startswith("<svg") and "<script>" not in drawn
