"""The plan of the code holds: who may import whom, what lies at the top, and no way around the row
scope.
"""

import ast
import os
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: crm's root: it imports everything and is imported by nobody.
ROOT_MODULES = {"crm.settings", "crm.urls", "crm.celery", "crm.wsgi"}
ORDER = ["crm", "liaisons", "visits", "api"]
TOP_LEVEL = {
    "manage.py",
    "crm",
    "liaisons",
    "visits",
    "api",
    "templates",
    "tests",
    "requirements.txt",
    "README.md",
    "Makefile",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "docs",
    "locale",
    "bench",
    "deploy",
    ".ci",
    "requirements.in",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements-mutants.in",
    "requirements-mutants.txt",
    "requirements-node.in",
    "requirements-node.txt",
    "findings",
    ".gitignore",
    ".gitattributes",
    ".editorconfig",
    ".git",
    ".git-blame-ignore-revs",
    ".pre-commit-config.yaml",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
}
MADE = {
    "var",
    ".venv",
    "node_modules",
    ".ruff_cache",
    ".pytest_cache",
    "__pycache__",
    ".hypothesis",
    "mutants",
    ".npmrc",
}


def sources(*apps):
    for app in apps:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """Every module that a file imports, inside functions too."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(
                    [
                        *package.split(".")[: len(package.split(".")) - node.level + 1],
                        *filter(None, [base]),
                    ]
                )
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def test_imports_run_one_way_between_the_apps():
    wrong = []
    for path in sources(*ORDER):
        module, app = module_of(path), path.relative_to(ROOT).parts[0]
        if module in ROOT_MODULES:
            continue
        above = ORDER[ORDER.index(app) + 1 :]
        for imported in imports_of(path):
            head = imported.split(".")[0]
            if head in above or (
                imported in ROOT_MODULES and not (module == "crm" and imported == "crm.celery")
            ):
                wrong.append(f"{module} imports {imported}")
    assert not wrong, wrong


def test_nothing_imports_the_root_but_the_package_itself_for_celery():
    assert (ROOT / "crm/__init__.py").read_text().count("import") == 1


#: The features of each app in their one order: each may know those before it, and none after it.
FEATURES = {
    "crm": [
        "hooks",
        "errors",
        "roles",
        "secrets",
        "text",
        "db",
        "models",
        "calendar",
        "seeds",
        "search",
        "writing",
        "workflow",
        "backing",
        "pages",
        "jobs",
        "documents",
        "middleware",
        "org",
        "notices",
        "sandbox",
        "backup",
    ],
    "liaisons": [
        "codes",
        "models",
        "officers",
        "enterprises",
        "contacts",
        "projects",
        "assignments",
        "imports",
    ],
    "visits": [
        "models",
        "dictionaries",
        "reporting.rollups",
        "reporting.figures",
        "campaigns",
        "attachments",
        "problems",
        "recording",
        "portal",
        "causes",
        "imports",
        "ledgers",
        "summaries",
        "reporting",
        "demo",
    ],
    "api": [
        "models",
        "core",
        "attachments",
        "assignments",
        "campaigns",
        "causes",
        "contacts",
        "dictionaries",
        "enterprises",
        "jobs",
        "officers",
        "problems",
        "projects",
        "tokens",
        "units",
        "visits",
    ],
}
#: What an app's features are tied together by: it knows them all, and none of them knows it.
TIES = {
    "admin",
    "apps",
    "auth",
    "checks",
    "feeds",
    "logs",
    "management",
    "navigation",
    "routes",
    "settings",
    "tasks",
    "templatetags",
    "urls",
}
#: The one function of a template tag's module that a page calls too.
TAGS_KNOWN = {("crm.notices.views", "crm.templatetags.crm")}


def feature_of(module):
    """``(app, feature)`` that a module, or a name in one, belongs to.

    The feature is None for what ties the app's together.
    """
    app, _dot, inside = module.partition(".")
    found = [
        feature
        for feature in FEATURES.get(app, ())
        if inside == feature or inside.startswith(f"{feature}.")
    ]
    if module == "visits.reporting":  # a package of packages, which holds nothing itself
        return app, None
    return app, max(found, key=len, default=None)


def tie_of(module):
    """Whether a module, or a name in one, ties its app's features together."""
    app, _dot, inside = module.partition(".")
    return app in FEATURES and inside.split(".")[0] in TIES and feature_of(module)[1] is None


@pytest.mark.parametrize("app", FEATURES)
def test_a_feature_knows_only_those_before_it(app):
    order, wrong = FEATURES[app], []
    for path in sources(app):
        module = module_of(path)
        own = feature_of(module)[1]
        if own is None:
            assert module in {app, "visits.reporting", *ROOT_MODULES} or tie_of(module), (
                f"{module} belongs to no feature"
            )
            continue
        for imported in imports_of(path):
            its_app, theirs = feature_of(imported)
            known = {(module, imported), (module, imported.rpartition(".")[0])} & TAGS_KNOWN
            if (
                its_app == app
                and not known
                and (theirs and order.index(theirs) > order.index(own) or tie_of(imported))
            ):
                wrong.append(f"{module} imports {imported}")
    assert not wrong, wrong


@pytest.mark.parametrize("app", FEATURES)
def test_every_feature_named_is_there(app):
    there = {path for path in sources(app)}
    for feature in FEATURES[app]:
        folder = ROOT / app / feature.replace(".", "/")
        assert folder.with_suffix(".py") in there or folder.is_dir(), feature


def test_no_module_needs_itself():
    """No circle of imports, those inside functions included.

    But for ``apps.py``, which is where all is tied together.
    """
    modules = {module_of(path): path for path in sources(*ORDER) if path.name != "apps.py"}
    needs = {}
    for module, path in modules.items():
        named = {
            name
            for imported in imports_of(path)
            for name in (imported, imported.rpartition(".")[0])
            if name in modules
        }
        # Of ``from package import module`` the package itself is no need where it holds nothing.
        needs[module] = {
            name
            for name in named
            if name != module and not any(other.startswith(f"{name}.") for other in named)
        }
    sorter = TopologicalSorter(needs)
    sorter.prepare()  # CycleError names the circle


def test_only_pages_and_addresses_know_pages():
    wrong = [
        f"{module_of(path)} imports {imported}"
        for path in sources("visits", "liaisons", "crm")
        for imported in imports_of(path)
        if imported.split(".")[0] in FEATURES
        and not imported.startswith("crm.pages")
        and is_page(imported.split("."))
        and not (
            is_page(path.relative_to(ROOT).parts)
            or path.stem in {"urls", "routes", "apps", "admin"}
        )
    ]
    assert not wrong, wrong


def is_page(parts):
    return any(Path(part).stem.endswith(("views", "panels")) for part in parts[1:])


def test_the_top_level_holds_only_what_every_project_has():
    there = {path.name for path in ROOT.iterdir()}
    assert there - TOP_LEVEL - MADE == set()


#: Rows of these are no one's: code tables, the unit tree, and what a page looks up to know who is
#: asking.
UNSCOPED = {
    "Unit",
    "Division",
    "Industry",
    "CalendarDay",
    "Topic",
    "ServiceItem",
    "ProblemCategory",
    "User",
    "ApiToken",
    "AuditEvent",
}


def test_no_door_goes_around_the_scope():
    """In views, filters, forms and the api every ``Noun.objects`` is followed by ``visible_to``."""
    wrong = []
    for path in sources(*ORDER):
        parts = path.relative_to(ROOT).parts
        if not (
            parts[0] == "api"
            or any(
                Path(part).stem.endswith(("views", "panels", "filters", "forms"))
                for part in parts[1:]
            )
        ):
            continue
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(
            r"\b([A-Z]\w+)\.(objects|_base_manager|_default_manager)\b(\s*\.\s*(\w+))?", text
        ):
            if match[1] in UNSCOPED:
                continue
            followed = match[4] == "visible_to" or text[match.end() :].lstrip().startswith(
                ".visible_to"
            )
            if match[4] in {"current", "on"}:
                followed = True  # assignments in force: a condition inside an already scoped query
            if match[2] != "objects" or not followed:
                line = text[: match.start()].count("\n") + 1
                wrong.append(f"{'/'.join(parts)}:{line} {match[0]}")
    assert not wrong, "\n".join(wrong)


def test_only_one_module_knows_weasyprint():
    users = {
        module_of(path)
        for path in sources(*ORDER)
        if any(i.split(".")[0] == "weasyprint" for i in imports_of(path))
    }
    assert users <= {"crm.documents.pdf"}


#: What reads uploads, or loads what does: none of it is ever needed by a web process.
READERS = (
    "PIL",
    "python_calamine",
    "weasyprint",
    "visits.attachments.parsing",
    "liaisons.imports.parsing",
)
WEB_PROCESS = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
import crm.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {READERS!r} if name in sys.modules])
"""


def test_a_web_process_loads_nothing_that_reads_uploads(tmp_path):
    environment = {**os.environ, "CRM_VAR_DIR": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"


def test_there_are_no_model_signals():
    wrong = [
        module_of(path)
        for path in sources(*ORDER)
        for imported in imports_of(path)
        if imported.startswith("django.db.models.signals") or imported == "django.dispatch.receiver"
    ]
    assert not wrong


def test_no_file_is_named_for_everything():
    assert not [
        str(path) for path in sources(*ORDER) if path.stem in {"utils", "helpers", "misc", "common"}
    ]


#: Who may write enterprises past the verbs of one: the bulk verbs, the roll-ups (days of the last
#: visit), the demonstration.
WRITERS = {
    "liaisons.enterprises.services",
    "liaisons.enterprises.rewriting",
    "liaisons.imports.committing",
    "visits.reporting.rollups.keeping",
    "visits.demo.enterprises",
    "visits.demo.load",
}


WRITES = {
    "update",
    "bulk_update",
    "bulk_create",
    "create",
    "get_or_create",
    "update_or_create",
    "delete",
}


def writes_enterprises(tree):
    """Whether a file writes rows of Enterprise past its services: ``Enterprise.objects….update()``
    and its like.
    """
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function, names = call.func, []
        of = getattr(call.args[0], "id", "") if call.args else ""
        if getattr(function, "id", "") in {"Table", "change_rows"} and of == "Enterprise":
            return True
        while isinstance(function, ast.Attribute | ast.Call):
            if isinstance(function, ast.Attribute):
                names.append(function.attr)
            function = function.value if isinstance(function, ast.Attribute) else function.func
        rows = {"objects", "_base_manager"} & {*names}
        if getattr(function, "id", "") == "Enterprise" and rows and names[0] in WRITES:
            return True
    return False


def test_enterprises_are_written_by_their_services_alone():
    """What is kept by division and industry follows the services.

    Whoever writes past them leaves the dashboard wrong.
    """
    wrong = [
        module_of(path)
        for path in sources(*ORDER)
        if writes_enterprises(ast.parse(path.read_text(encoding="utf-8")))
        and module_of(path) not in WRITERS
    ]
    assert not wrong, wrong


def test_writing_past_the_services_is_seen():
    past = "Enterprise.objects.filter(\n    pk=1\n).update(name='')"
    assert writes_enterprises(ast.parse(past))
    assert not writes_enterprises(ast.parse("Enterprise.objects.filter(pk=1).values('pk')"))


def functions():
    """``(module, function)`` of all code."""
    for path in sources(*ORDER):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield module_of(path), node


def test_files_and_functions_stay_short():
    long_files = {
        str(path.relative_to(ROOT))
        for path in sources(*ORDER)
        if len(path.read_text(encoding="utf-8").splitlines()) > 300
    }
    lines = {
        f"{module}.{node.name} {node.lineno}": node.end_lineno - node.lineno + 1
        for module, node in functions()
    }
    long_functions = {name for name, count in lines.items() if count > 45}
    assert not long_files | long_functions
    over_16 = [name for name, count in lines.items() if count > 16]
    assert len(over_16) <= 0.1 * len(lines), "More than a tenth has more than 16 lines."


def test_functions_say_what_they_return():
    said = [node.returns is not None for _module, node in functions()]
    assert sum(said) >= 0.95 * len(said)
