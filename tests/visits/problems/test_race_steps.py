"""Ten people press at the same time: one step is taken, the others are told that somebody was
faster.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from crm.errors import Conflict
from crm.writing import rows
from tests.cast import build_cast
from tests.steps import register
from visits.models import Problem, ProblemStep
from visits.problems import workflow
from visits.problems.workflow import engine

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite lets one writer in at a time, and its test database one thread",
    ),
]
CLIENTS, TRANSITIONS = 10, 100


def race(cast, problems, clients=CLIENTS):
    """Let so many clients take the same step with each problem at once.

    Returns ``(succeeded, conflicts)``.
    """
    gate = Barrier(clients)

    def client(_number):
        won = lost = 0
        try:
            for problem in problems:
                mine = Problem.objects.select_related("dispatch_unit").get(pk=problem.pk)
                gate.wait(timeout=60)  # all have read the same state
                try:
                    workflow.problem_accept(problem=mine, by=cast.head)
                    won += 1
                except Conflict:
                    lost += 1
                gate.wait(timeout=60)
        finally:
            connections.close_all()
        return won, lost

    with ThreadPoolExecutor(clients) as pool:
        results = list(pool.map(client, range(clients)))
    return sum(won for won, _lost in results), sum(lost for _won, lost in results)


def test_of_ten_exactly_one_wins_each_of_a_hundred_steps():
    cast = build_cast()
    problems = [register(cast, title=f"诉求{number}") for number in range(TRANSITIONS)]
    assert race(cast, problems) == (TRANSITIONS, TRANSITIONS * (CLIENTS - 1))
    assert ProblemStep.objects.filter(verb="accept").count() == TRANSITIONS
    assert set(Problem.objects.values_list("version", flat=True)) == {2}


@pytest.mark.control
def test_without_the_conditional_update_more_than_one_wins(monkeypatch):
    def unguarded(row, *, to, by, verb, field="state", **fields):
        values = {field: to, "version": row.version + 1, **fields}
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        for name, value in values.items():
            setattr(row, name, value)
        rows.record(verb, by=by, target=row)
        return row

    monkeypatch.setattr(engine, "move_state", unguarded)
    # Whose own constraint would catch some of them.
    monkeypatch.setattr(engine, "write_step", lambda step: step)
    cast = build_cast()
    won, _lost = race(cast, [register(cast, title=f"诉求{number}") for number in range(10)])
    assert won > 10
