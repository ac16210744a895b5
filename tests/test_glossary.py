"""The glossary names what there is, in the words that pages show."""

import re
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent
APPS = ("crm", "liaisons", "visits", "api")
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
TRAVEL = (ROOT / "docs/problem-travel.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` \| [^|]+ \|$", re.M)
#: In code → (Chinese, English).
ROWS = {code: (chinese, english) for chinese, english, code in ROW.findall(GLOSSARY)}
#: What no page shows has no Chinese.
NONE = "–"
#: Its own name is no word of a page: there are only several of them.
PLURAL = {"Photo"}
#: The enumerations of which every member is explained.
COMPLETE = {"Role", "Unit.Kind", "Assignment.Part", "State", "Urgency"}


def labels() -> dict[str, str]:
    """Model, or member of an enumeration, as the glossary names it → its English words."""
    found = {
        model.__name__: str(model._meta.verbose_name)
        for model in apps.get_models()
        if model._meta.app_label in APPS
    }
    for choices in subclasses(models.TextChoices):
        if choices.__module__.split(".")[0] in APPS:
            found |= {f"{choices.__qualname__}.{one.name}": str(one.label) for one in choices}
    return found


def subclasses(kind: type) -> set[type]:
    return {kind, *(below for child in kind.__subclasses__() for below in subclasses(child))}


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    with translation.override("en"):
        return labels()


@pytest.fixture(scope="module")
def source() -> str:
    paths = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    return "\n".join(p.read_text(encoding="utf-8") for p in paths if "migrations" not in p.parts)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, set[str]]:
    """English → its Chinese, one for each context."""
    found: dict[str, set[str]] = {}
    for entry in polib.pofile(str(ROOT / "locale/zh_Hans/LC_MESSAGES/django.po")):
        found.setdefault(entry.msgid, set()).add(entry.msgstr or entry.msgstr_plural.get(0, ""))
    return found


def test_every_line_of_a_table_is_read():
    lines = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.startswith("| 中文")]
    assert len(ROW.findall(GLOSSARY)) == len(lines) - len(heads) == len(ROWS)


@pytest.mark.parametrize("code", ROWS)
def test_what_a_row_names_is_in_the_code(code: str, source: str):
    name = code.rpartition(".")[2]
    assert re.search(rf"\b(class|def) {name}\b|^\s*(\w+\.)*{name}\b[^=\n]* = ", source, re.M)


def test_every_noun_has_its_row():
    missing = {
        model.__name__ for model in apps.get_models() if model._meta.app_label in APPS
    } - set(ROWS)
    assert not missing, f"docs/glossary.md lacks {sorted(missing)}"


def test_every_role_and_state_has_its_row(words):
    wanted = {code for code in words if code.rpartition(".")[0] in COMPLETE}
    assert wanted and not wanted - set(ROWS), sorted(wanted - set(ROWS))


def test_every_step_has_its_row():
    steps = dict(re.findall(r"^\| \*\*(\w+)\*\* ([^|]+) \|", TRAVEL, re.M))
    wrong = {
        name: label
        for name, label in steps.items()
        if ROWS.get(f"problem_{name}", ("", ""))[1] != label
    }
    assert steps and not wrong


def test_a_row_says_what_the_code_calls_it(words):
    wrong = {
        code: (english, words[code])
        for code, (chinese, english) in ROWS.items()
        if code in words and chinese != NONE and code not in PLURAL and words[code] != english
    }
    assert not wrong


def test_a_row_has_the_chinese_of_the_catalogue(catalogue):
    wrong = {
        code: (english, chinese, catalogue.get(english))
        for code, (chinese, english) in ROWS.items()
        if chinese != NONE and english in catalogue and chinese not in catalogue[english]
    }
    assert not wrong


def test_what_pages_show_stands_in_the_catalogue(words, catalogue):
    """A noun with a Chinese name, each role, state and step is a sentence that is translated."""
    shown = {
        code: english
        for code, (chinese, english) in ROWS.items()
        if chinese != NONE and (code in words or code.startswith("problem_"))
    }
    assert not {code for code, english in shown.items() if english not in catalogue}
