"""`make mutants`: mutmut over this project, and the plug-in of pytest that its runs use.

mutmut changes one expression of a function at a time and asks whether a test fails. Three things are
ours. It leaves decorated functions alone, since its copies of them would be decorated again; here
the copies are bare and the decorator stays where it was, so that steps, properties and whatever
writes in a transaction are mutated like the rest. It takes a ``not`` away with the parentheses
around it, which ends its whole run where these let the expression go over several lines (3.8.1);
here they stay. And each mutant is tested in a process of its
own: that process fills its database from a migrated one (``CRM_MIGRATED``), because migrating takes
longer than most mutants live, and of the tests that reach the mutated function it runs those of the
same feature first and ``MOST`` in all. A mutant that outlives these counts as a survivor.
"""

import json
import os
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

#: Tests that one mutant faces at most.
MOST = 150
MADE = Path("mutants")
#: What a mutant ends with that no test found: all passed (0), or none reaches it (5, 33).
SURVIVED = {0, 5, 33}


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """In memory, like the suite's, so that threads meet each other as they do there."""
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
        connection.ensure_connection()
        with closing(sqlite3.connect(os.environ["CRM_MIGRATED"])) as migrated:
            migrated.backup(connection.connection)
    yield


def pytest_collection_modifyitems(config, items):
    module, _dot, function = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")
    if "__mutmut_" not in function:
        return  # the clean run, and the one that finds which test reaches what
    folder = "tests/" + "/".join(module.split(".")[:2]) + "/"
    items.sort(key=lambda item: folder not in item.nodeid)
    config.hook.pytest_deselected(items=items[MOST:])
    items[:] = items[:MOST]


def mutate_decorated_functions(mutation):
    """Let ``mutation`` (mutmut.mutation.file_mutation) mutate them, each copy without decorators.

    A method of the class or of none keeps the one that says so.
    """
    arrangement = mutation.function_trampoline_arrangement
    skips = mutation.MutationVisitor._skip_node_and_children

    def skips_node(visitor, node):
        if isinstance(node, mutation.cst.FunctionDef):
            node = node.with_changes(decorators=())
        return skips(visitor, node)

    def bare(function):
        kept = [
            decorator
            for decorator in function.decorators
            if getattr(decorator.decorator, "value", "") in ("staticmethod", "classmethod")
        ]
        return function.with_changes(decorators=kept)

    def arranged(function, mutants, class_name):
        before, (trampoline, *copies), after, names = arrangement(function, mutants, class_name)
        return before, [trampoline, *map(bare, copies)], after, names

    mutation.MutationVisitor._skip_node_and_children = skips_node
    mutation.function_trampoline_arrangement = arranged


def keep_parentheses(mutation):
    """Let what stands in the place of an expression have the parentheses around that."""

    def kept(operator):
        def mutated(node):
            for other in operator(node):
                if getattr(node, "lpar", ()) and not getattr(other, "lpar", True):
                    other = other.with_changes(lpar=node.lpar, rpar=node.rpar)
                yield other

        return mutated

    mutation.mutation_operators[:] = [
        (node_type, kept(operator)) for node_type, operator in mutation.mutation_operators
    ]


def sampled(main, size):
    """Let ``main`` (mutmut.__main__) try ``size`` mutants, the same ones each time."""
    collect = main.collect_source_file_mutation_data

    def some(*, mutant_names):
        mutants, by_path = collect(mutant_names=mutant_names)
        chosen = random.Random(size).sample(mutants, min(size, len(mutants)))
        return chosen, by_path

    main.collect_source_file_mutation_data = some


def report():
    """Print for each file how many mutants were tried and found by a test, and who survived."""
    tried, found, survivors = Counter(), Counter(), []
    for path in sorted(MADE.rglob("*.meta")):
        for mutant, code in json.loads(path.read_text())["exit_code_by_key"].items():
            if code is not None:
                name = str(path.relative_to(MADE)).removesuffix(".meta")
                tried[name] += 1
                found[name] += code not in SURVIVED
                survivors += [mutant] * (code in SURVIVED)
    for name in tried:
        print(f"{found[name]:5d} of {tried[name]:4d}  {name}")
    share = found.total() / max(tried.total(), 1)
    print(*survivors, f"{found.total()} of {tried.total()} found: {share:.1%}", sep="\n")


def main():
    from mutmut import __main__ as mutmut  # noqa: PLC0415 (reads its settings when imported)
    from mutmut.mutation import file_mutation  # noqa: PLC0415

    mutate_decorated_functions(file_mutation)
    keep_parentheses(file_mutation)
    if size := os.environ.get("CRM_MUTANTS"):
        sampled(mutmut, int(size))
    mutmut.cli()


if __name__ == "__main__":
    report() if sys.argv[1:] == ["report"] else main()
