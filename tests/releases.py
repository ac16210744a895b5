"""The releases that databases were made by, and bringing a database to the schema of one of them.

A new release is one line more: ``python -m tests.releases`` prints it.
"""

import ast
import hashlib
import inspect
from dataclasses import dataclass

from django.db.migrations.executor import MigrationExecutor

APPS = ("crm", "liaisons", "visits", "api")


@dataclass(frozen=True)
class Release:
    """``leaves`` are its last migrations, app → name; ``digest`` is that of all its migrations.

    ``unlike(editor, apps)`` undoes what its migrations have been given after it.
    """

    commit: str
    leaves: dict
    digest: str
    unlike: callable = staticmethod(lambda editor, apps: None)


def _unlike_first(editor, apps):
    """0001 was given a column and an index later, and 0002 other settings of an index."""
    batch, visit = apps.get_model("liaisons", "ImportBatch"), apps.get_model("visits", "Visit")
    editor.remove_field(batch, batch._meta.get_field("left_out"))
    editor.remove_index(
        visit, next(index for index in visit._meta.indexes if index.name == "visit_unit_kind")
    )
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER INDEX searchentry_grams RESET (gin_pending_list_limit)")
        editor.execute("ALTER INDEX searchentry_grams SET (fastupdate = off)")


RELEASES = (
    Release(
        "b86cd0d",
        {
            "crm": "0002_search_indexes",
            "liaisons": "0001_initial",
            "visits": "0001_initial",
            "api": "0001_initial",
        },
        "ebb4e51bfcc7621b",
        _unlike_first,
    ),
    Release(
        "7f8d451",
        {
            "crm": "0003_notices",
            "liaisons": "0001_initial",
            "visits": "0009_step_detail",
            "api": "0001_initial",
        },
        "a2350b26ba7a1e1b",
    ),
)


def migrate(connection, leaves=None):
    """Bring a database to the migrations ``leaves`` of our apps, or to all of theirs.

    Returns the models of that state.
    """
    executor = MigrationExecutor(connection)
    targets = [
        (app, (leaves or {}).get(app, name))
        for app, name in executor.loader.graph.leaf_nodes()
        if app in APPS
    ]
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def bring_to(connection, release):
    """Bring a database (an empty one, or one of the release before) to the schema of ``release``.

    Returns its models.
    """
    apps = migrate(connection, release.leaves)
    with connection.schema_editor() as editor:
        release.unlike(editor, apps)
    return apps


class _Plain(ast.NodeTransformer):
    """A migration without what may change after its release: words, and where a name of ours is imported from."""

    def visit_Module(self, node):
        node.body = [
            self.visit(part)
            for part in node.body
            if not isinstance(part, ast.Expr | ast.Import | ast.ImportFrom)
            and not (isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "OLD_ROWS")
        ]
        return node

    def visit_Attribute(self, node):
        ours = ast.unparse(node).split(".")[0] in APPS
        return ast.Name(node.attr, node.ctx) if ours else self.generic_visit(node)


def digest_of(loader, leaves):
    """A digest of the migrations up to ``leaves``: of what they do, but for what they say of old
    rows. A module of ours that they name may move.
    """
    digest, seen = hashlib.sha256(), set()
    for leaf in sorted(leaves.items()):
        for app, name in loader.graph.forwards_plan(leaf):
            if app in APPS and (app, name) not in seen:
                seen.add((app, name))
                module = inspect.getmodule(type(loader.disk_migrations[app, name]))
                plain = _Plain().visit(ast.parse(inspect.getsource(module)))
                digest.update(f"{app} {name} {ast.dump(plain)}".encode())
    return digest.hexdigest()[:16]


def main():
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    leaves = {app: name for app, name in loader.graph.leaf_nodes() if app in APPS}
    print(f'    Release("COMMIT", {leaves}, "{digest_of(loader, leaves)}"),')
    for release in RELEASES:
        print(f"    # {release.commit}: {digest_of(loader, release.leaves)}")


if __name__ == "__main__":
    main()
