"""What the documents name is there: files, modules and links."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("crm", "liaisons", "visits", "api", "tests", "bench")
FOLDERS = (*APPS, "templates", "docs", "deploy", "locale", "findings", ".ci")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "deploy/examples/README.md",
]
#: ``visits/models/visits.py``, ``visits/problems/``, ``api/serializers``.
PATH = re.compile(rf"(?<![\w./<>-])(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*[\w/]")
#: ``crm.db.scope.may``: a module, or what it holds.
MODULE = re.compile(rf"(?<![\w./-])(?:{'|'.join(APPS)})(?:\.\w+)+(?![\w/-])")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
#: A document that a comment names, with or without its folder.
PAGE = re.compile(r"(?<![\w/*.-])(?:docs/)?[\w-]+\.md\b")
SECTION = re.compile(r"\bdomain\.md §(\d+)")
#: Written in a recipe as what its reader is going to make.
RECIPE = re.compile(r"^```.*?^```", re.M | re.S)


def parametrized(name: str):
    return pytest.mark.parametrize(name, DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def prose_of(path: Path) -> str:
    return RECIPE.sub("", path.read_text(encoding="utf-8"))


def is_there(dotted: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one; a module alone is not loaded."""
    try:
        if find_spec(dotted) is not None:
            return True
    except ModuleNotFoundError:  # what it would lie in is no package
        pass
    above, _dot, name = dotted.rpartition(".")
    return bool(above) and is_there(above) and hasattr(import_module(above), name)


@parametrized("document")
def test_paths_named_are_there(document: Path):
    gone = {path for path in PATH.findall(prose_of(document)) if not (ROOT / path).exists()}
    assert not gone


@parametrized("document")
def test_modules_named_are_there(document: Path):
    gone = {name for name in MODULE.findall(prose_of(document)) if not is_there(name)}
    assert not gone


@parametrized("document")
def test_links_lead_somewhere(document: Path):
    links = LINK.findall(document.read_text(encoding="utf-8"))
    gone = {
        link
        for link in links
        if not link.startswith(("http:", "https:")) and not (document.parent / link).exists()
    }
    assert not gone


def test_documents_and_sections_that_code_names_are_there():
    domain = (ROOT / "docs/domain.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^## (\d+)\. ", domain, re.M))
    wrong = []
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        text = re.sub(r"\s*\n\s*(?:#:?)?\s*", " ", path.read_text(encoding="utf-8"))
        wrong += [
            f"{path.relative_to(ROOT)} {name}"
            for name in PAGE.findall(text)
            if not any((place / name).exists() for place in (ROOT, ROOT / "docs"))
        ]
        wrong += [
            f"{path.relative_to(ROOT)} §{number}"
            for number in SECTION.findall(text)
            if number not in sections
        ]
    assert not wrong


def test_decisions_are_numbered_short_and_listed():
    folder = ROOT / "docs/decisions"
    pages = sorted(folder.glob("[0-9]*.md"))
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert [page.name for page in pages] == listed
    for number, page in enumerate(pages, 1):
        lines = page.read_text(encoding="utf-8").splitlines()
        assert page.name.startswith(f"{number:04}-") and lines[0].startswith(f"# {number}. ")
        assert len(lines) <= 40, page.name
        heads = [line for line in lines if line.startswith("## ")]
        assert heads == ["## Context", "## Decision", "## Consequences"], page.name
