"""Every string has its Chinese: nothing is shown in English to an officer."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
ROOMS = ("crm", "liaisons", "visits", "api")
PLACEHOLDERS = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]*\}|%[sd]")
KEYWORDS = (
    "_",
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """All strings of the code and the templates, as xgettext sees them."""
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is missing: apt-get install gettext")
    folder = tmp_path_factory.mktemp("strings")
    files = [str(path) for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    templates = [
        path for kind in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{kind}")
    ]
    for number, path in enumerate(sorted(templates)):
        made = folder / f"{number}.py"
        made.write_text(
            templatize(path.read_text(encoding="utf-8"), origin=str(path)), encoding="utf-8"
        )
        files.append(str(made))
    pot = folder / "all.pot"
    subprocess.run(
        [
            "xgettext",
            "-L",
            "Python",
            "--from-code=UTF-8",
            "-o",
            pot,
            *(f"--keyword={word}" for word in KEYWORDS),
            *files,
        ],
        check=True,
        capture_output=True,
    )
    return polib.pofile(str(pot))


@pytest.fixture(scope="module")
def catalogue():
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}


def translations(entry):
    return [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values())


def test_every_string_has_its_chinese(sources, catalogue):
    missing = [
        entry.msgid
        for entry in sources
        if (entry.msgctxt, entry.msgid) not in catalogue
        or not any(translations(catalogue[entry.msgctxt, entry.msgid]))
    ]
    assert not missing


def test_no_string_hides_in_a_formatted_one_where_xgettext_does_not_see_it(sources):
    seen, hidden = {entry.msgid for entry in sources}, []
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for formatted in (
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.JoinedStr)
        ):
            for call in (
                node
                for node in ast.walk(formatted)
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
            ):
                if isinstance(call.args[0], ast.Constant) and call.args[0].value not in seen:
                    hidden.append(f"{path.relative_to(ROOT)}:{call.lineno} {call.args[0].value}")
    assert not hidden


def test_strings_are_marked_by_names_that_xgettext_knows():
    """A marking function under another name hides its strings from the catalogue, and from the test
    above.
    """
    hidden, known = [], {word.partition(":")[0] for word in KEYWORDS} | {"gettext", "ngettext"}
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.alias)
                and "gettext" in node.name
                and (node.asname or node.name) not in known
            ):
                hidden.append((path.name, node.asname))
            elif isinstance(node, ast.Name) and "gettext" in node.id and id(node) not in called:
                hidden.append((path.name, node.id))
    assert not hidden


def test_placeholders_are_the_same_in_both_languages(catalogue):
    wrong = []
    for entry in catalogue.values():
        wanted = set(PLACEHOLDERS.findall(entry.msgid)) | set(
            PLACEHOLDERS.findall(entry.msgid_plural)
        )
        for text in translations(entry):
            if not set(PLACEHOLDERS.findall(text)) <= wanted or (
                not entry.msgid_plural and set(PLACEHOLDERS.findall(text)) != wanted
            ):
                wrong.append(entry.msgid)
    assert not wrong


def test_nothing_is_fuzzy(catalogue):
    assert not [entry.msgid for entry in catalogue.values() if entry.fuzzy]
