"""A database lives through all releases, filled at each.

In the end its rows are worth what rows made today are.
"""

import ast
import datetime
import inspect
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, migrations
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from crm.models import SavedLink, User
from tests.cast import record_visit
from tests.releases import APPS, RELEASES, bring_to, digest_of, migrate
from tests.steps import go, register
from visits.models import Problem, ProblemCategory, ProblemStep
from visits.models.problems import overdue, still_open
from visits.problems.workflow.engine import possible_steps

ALIAS = "upgrade"
FIRST, SECOND = RELEASES[:2]
USED = "再次反映", "有争议"
#: What an old problem must say as one made today from the same row does.
SAME = (
    "uid",
    "state",
    "officer_id",
    "unit_id",
    "dispatch_unit_id",
    "lead_unit_id",
    "source",
    "is_police_matter",
    "urgency",
    "reported_on",
    "due_on",
    "due_at",
    "overdue_from",
    "ended_on",
    "reported_at",
    "paused_at",
    "planned_for",
    "extension_until",
)
#: The way to each state that the first release knew.
WAYS = {
    "registered": (),
    "accepted": ("accept",),
    "assigned": ("accept", "assign"),
    "acknowledged": ("accept", "assign", "acknowledge"),
    "in_progress": ("accept", "assign", "acknowledge", "start"),
}
WAYS["answered"] = (*WAYS["in_progress"], "answer")
WAYS["under_review"] = (*WAYS["answered"], "review")
WAYS["follow_up"] = (*WAYS["under_review"], "approve")
WAYS["closed"] = (*WAYS["follow_up"], "confirm")


@pytest.fixture
def old_database(db):
    """The connection of an empty database beside the test's own."""
    name = f"{connection.settings_dict['NAME']}_{ALIAS}"
    if connection.vendor == "sqlite":
        name = ":memory:"
    else:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
    settings = {**connections.databases["default"], "NAME": name}
    opened = type(connections["default"])(settings, ALIAS)
    opened.ensure_connection()  # before it has a name: a test may open no other database by one
    connections.databases[ALIAS], connections[ALIAS] = settings, opened
    yield opened
    connections[ALIAS].close()
    del connections[ALIAS]
    del connections.databases[ALIAS]
    if connection.vendor != "sqlite":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def city(cast):
    """The cast with problems in each state for each release, whose name is their title, and two
    that were used in between.

    They were reported today or in a visit of long ago, of police matters and others.
    """
    ProblemCategory.objects.create(code="land", name="用地", is_police_matter=False)
    categories = [None, cast.parking, ProblemCategory.objects.get(code="land")]
    long_ago = timezone.now() - datetime.timedelta(days=40)
    for number, way in enumerate(WAYS.values()):
        about = {
            "category": categories[number % 3],
            "urgency": ("urgent", "normal", "complex")[number % 3],
        }
        visit = record_visit(cast, cast.li, started_at=long_ago - datetime.timedelta(days=number))
        for release in RELEASES:
            go(cast, register(cast, visit=visit, title=release.commit, **about), *way)
        go(cast, register(cast, title=FIRST.commit, **about), *way)
    register(cast, visit=visit, title=FIRST.commit, solved_on_spot=True)
    for title, state in zip(USED, ("registered", "follow_up"), strict=True):
        go(cast, register(cast, visit=visit, title=FIRST.commit + title), *WAYS[state])
    SavedLink.objects.create(
        owner=cast.li,
        name="王某",
        path="/contacts/",
        query="name=%E6%9E%97%E5%B0%8F%E7%BA%A2&sort=name",
    )
    return cast


def fill(models, release):
    """Write what the test's database has more into the old one: of problems only the release's own.

    What the models of the release have no column for is left out.
    """
    with connections[ALIAS].constraint_checks_disabled():
        for model in models.get_models(include_auto_created=True):
            if model._meta.app_label not in APPS:
                continue
            fields = list(model._meta.concrete_fields)
            for field in fields:
                field.auto_now = field.auto_now_add = False
            there = model._base_manager.using(ALIAS)
            rows = _today(model).exclude(pk__in=list(there.values_list("pk", flat=True)))
            if model._meta.model_name == "problem":
                rows = rows.filter(title__startswith=release.commit)
            elif any(field.name == "problem" for field in fields):
                rows = rows.filter(problem__title__startswith=release.commit)
            there.bulk_create(
                [model(**row) for row in rows.values(*(field.attname for field in fields))],
                batch_size=50,
            )
    ours = [model for model in models.get_models() if model._meta.app_label in APPS]
    with connections[ALIAS].cursor() as cursor:  # the next keys come after those that were given
        for statement in connections[ALIAS].ops.sequence_reset_sql(no_style(), ours):
            cursor.execute(statement)


def _today(model):
    return apps.get_model(model._meta.label)._base_manager


def use(models):
    """What the second release's verbs did with old problems: one was reported again, the answer to
    another was disputed.
    """
    problems, steps = (
        models.get_model("visits", name).objects.using(ALIAS) for name in ("Problem", "ProblemStep")
    )
    for title, verb in zip(USED, ("again", "dispute"), strict=True):
        problem = problems.get(title=FIRST.commit + title)
        new = "in_progress" if verb == "dispute" else problem.state
        problems.filter(pk=problem.pk).update(state=new, version=problem.version + 1)
        steps.create(
            pk=1_000_000 + problem.pk,
            problem=problem,
            position=1,
            verb=verb,
            old_state=problem.state,
            new_state=new,
            at=timezone.now(),
            why=title,
            due_at=None,
        )


def told(using):
    """uid → what a problem says, and what each person may do with it."""
    people = User.objects.filter(name__in=["小李", "小张", "王所", "钱局", "小孙"]).order_by("pk")
    rows = Problem.objects.using(using).select_related("dispatch_unit", "visit", "category")
    return {
        row.uid: {
            **{name: getattr(row, name) for name in SAME},
            "overdue": row.is_overdue,
            "in hand": row.handler_id is not None,
            "answered": row.handled_at is not None,
            "late": row.handled_at is not None and row.handled_at >= row.due_at,
            "waits": row.follow_up_until is not None and row.follow_up_until > timezone.now(),
            "steps": [[step.name for step in possible_steps(row, by)] for by in people],
        }
        for row in rows
    }


def counts(using, left_out):
    rows = Problem.objects.using(using).exclude(uid__in=left_out)
    return [
        rows.count(),
        rows.filter(still_open()).count(),
        rows.filter(overdue()).count(),
        rows.filter(state="follow_up").count(),
    ]


def every_row(models, **of):
    """Model → its rows in the old database, by the columns that ``models`` have.

    Of problems those that ``of`` chooses.
    """
    rows = {}
    for model in models.get_models(include_auto_created=True):
        if model._meta.app_label in APPS and model._meta.model_name not in {
            "savedlink",
            "problemstep",
            "importbatch",
        }:
            chosen = model._base_manager.using(ALIAS)
            chosen = chosen.filter(**of) if model._meta.model_name == "problem" else chosen
            rows[model._meta.label] = sorted(
                map(
                    str,
                    chosen.values_list(*(field.attname for field in model._meta.concrete_fields)),
                )
            )
    return rows


def test_what_every_release_has_made_is_worth_what_is_made_today(city, old_database):
    for release in RELEASES:
        models = bring_to(old_database, release)
        if release is SECOND:
            rows = Problem.objects.using(ALIAS).filter(
                due_at=None, overdue_from=None, dispatch_unit=None
            )
            assert rows.count() == Problem.objects.using(ALIAS).count() == 21, (
                "all dead: what the migration is for"
            )
            use(models)
        fill(models, release)
    others = every_row(models, title=SECOND.commit)
    latest = migrate(old_database)
    assert (
        every_row(models, title=SECOND.commit) == others and len(others["visits.Problem"]) == 9
    ), "right rows stay as they are"
    assert_worth_the_same()
    assert_used_ones_go_on(city)
    assert_of_the_schema(old_database)
    before = every_row(latest)
    with old_database.schema_editor() as editor:
        import_module("visits.migrations.0011_old_problems").carry_over(latest, editor)
    assert every_row(latest) == before, "run again it finds nothing"


def assert_worth_the_same():
    ours, made_today = told(ALIAS), told("default")
    used = set(
        Problem.objects.filter(title__in=[FIRST.commit + title for title in USED]).values_list(
            "uid", flat=True
        )
    )
    wrong = {
        (row["state"], name): (ours[uid][name], value)
        for uid, row in made_today.items()
        if uid not in used
        for name, value in row.items()
        if ours[uid][name] != value
    }
    assert not wrong and ours.keys() == made_today.keys()
    assert counts(ALIAS, used) == counts("default", used) and counts(ALIAS, used)[2] > 9
    first = {step.problem_id: step for step in ProblemStep.objects.filter(position=1)}
    steps = list(ProblemStep.objects.using(ALIAS).filter(verb="register"))
    assert len(steps) == len(ours)
    for step in steps:
        for name in (
            "position",
            "verb",
            "old_state",
            "new_state",
            "by_id",
            "unit_id",
            "to_unit_id",
            "visit_id",
            "due_at",
        ):
            assert getattr(step, name) == getattr(first[step.problem_id], name), name
    proofs = set(
        Problem.objects.using(ALIAS)
        .filter(title=FIRST.commit)
        .exclude(proof="")
        .values_list("state", "proof")
    )
    assert proofs == {("solved_on_spot", "on_spot")}  # nobody knows of the closed ones


def assert_used_ones_go_on(city):
    for title, verb, lead in zip(USED, ("again", "dispute"), (None, city.wuma.pk), strict=True):
        problem = Problem.objects.using(ALIAS).get(title=FIRST.commit + title)
        assert list(problem.steps.order_by("position").values_list("position", "verb")) == [
            (1, "register"),
            (2, verb),
        ]
        assert not problem.steps.filter(due_at=None).exists()
        assert problem.overdue_from == problem.due_at and problem.is_overdue
        assert (problem.dispatch_unit_id, problem.lead_unit_id) == (city.wuma.pk, lead)


def assert_of_the_schema(database):
    """What early migrations were given after the first release is there, and what was kept in clear
    is sealed.
    """
    with database.cursor() as cursor:
        columns = {
            column.name
            for column in database.introspection.get_table_description(
                cursor, "liaisons_importbatch"
            )
        }
        assert (
            "left_out" in columns
            and "visit_unit_kind" in database.introspection.get_constraints(cursor, "visits_visit")
        )
        if database.vendor == "postgresql":
            cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'searchentry_grams'")
            assert cursor.fetchone() == (["gin_pending_list_limit=1024"],)
    assert re.fullmatch(
        r"name=(~|%7E)[0-9a-f]{64}&sort=name", SavedLink.objects.using(ALIAS).get().query
    )


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.commit)
def test_the_migrations_of_a_release_are_not_changed_after_it(release):
    assert digest_of(MigrationLoader(None), release.leaves) == release.digest, (
        "A database that was made before would lack the change: write a new migration instead."
    )


def later_migrations():
    """The modules of our migrations that the first release did not have yet."""
    loader = MigrationLoader(None)
    first = {node for leaf in FIRST.leaves.items() for node in loader.graph.forwards_plan(leaf)}
    for node, migration in sorted(loader.disk_migrations.items()):
        if node[0] in APPS and node not in first:
            yield inspect.getmodule(type(migration)), migration


def test_whoever_adds_a_column_says_what_old_rows_get():
    silent = []
    for module, migration in later_migrations():
        made = {
            operation.name_lower
            for operation in migration.operations
            if isinstance(operation, migrations.CreateModel)
        }
        added = [
            op
            for op in migration.operations
            if isinstance(op, migrations.AddField) and op.model_name_lower not in made
        ]
        if added and not getattr(module, "OLD_ROWS", ""):
            silent.append(
                f"{module.__name__}: {', '.join(f'{op.model_name}.{op.name}' for op in added)}"
            )
    assert not silent, "Say in OLD_ROWS what the rows of before get: " + "; ".join(silent)


def test_what_a_migration_defines_it_runs():
    idle = []
    for module, _migration in later_migrations():
        source = inspect.getsource(module)
        for node in ast.parse(source).body:
            if (
                isinstance(node, ast.FunctionDef)
                and len(re.findall(rf"\b{node.name}\b", source)) < 2
            ):
                idle.append(f"{module.__name__}.{node.name}")
    assert not idle
