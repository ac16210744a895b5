"""Two people join one problem to two causes at once: exactly one join is kept, and the other person
is told.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from crm.errors import Conflict
from tests.cast import build_cast
from tests.causes import found
from tests.steps import register
from visits.causes import joining as causes
from visits.models import CauseMember, CommonCause, Problem

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite lets one writer in at a time, and its test database one thread",
    ),
]
PROBLEMS = 40


def race(by, pairs):
    """Join the problem of each ``(problem, causes)`` to all of its causes at once.

    Returns ``(won, lost)``.
    """
    gate = Barrier(2)

    def client(number):
        won = lost = 0
        try:
            for problem, both in pairs:
                mine = Problem.objects.get(pk=problem.pk)
                gate.wait(timeout=60)
                try:
                    causes.cause_join(cause=both[number], problems=[mine], by=by)
                    won += 1
                except Conflict:
                    lost += 1
                gate.wait(timeout=60)
        finally:
            connections.close_all()
        return won, lost

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(client, range(2)))
    return sum(won for won, _lost in results), sum(lost for _won, lost in results)


def prepared(count):
    cast = build_cast()
    both = [found(cast, title="甲事"), found(cast, title="乙事")]
    return cast, [(register(cast, title=f"停车难{number}"), both) for number in range(count)]


def test_of_two_who_join_one_problem_elsewhere_exactly_one_wins():
    cast, pairs = prepared(PROBLEMS)
    assert race(cast.county_manager, pairs) == (PROBLEMS, PROBLEMS)
    assert (
        CauseMember.objects.count()
        == PROBLEMS
        == sum(CommonCause.objects.values_list("member_count", flat=True))
    )
    assert set(Problem.objects.values_list("version", flat=True)) == {2}


def test_the_unique_place_holds_where_nothing_is_locked(monkeypatch):
    """The second guard alone: both have looked before either has written."""
    gate = Barrier(2)
    monkeypatch.setattr(
        Problem.objects.all().__class__, "select_for_update", lambda self, **_options: self
    )
    monkeypatch.setattr(causes, "_require_free", lambda cause, problems: gate.wait(timeout=60))
    cast, pairs = prepared(10)
    assert race(cast.county_manager, pairs) == (10, 10)
    assert CauseMember.objects.count() == 10


@pytest.mark.control
def test_without_lock_and_unique_place_both_win(monkeypatch):
    gate = Barrier(2)
    monkeypatch.setattr(
        Problem.objects.all().__class__, "select_for_update", lambda self, **_options: self
    )
    monkeypatch.setattr(causes, "_require_free", lambda cause, problems: gate.wait(timeout=60))
    with connection.cursor() as cursor:  # taken away for this test; written again below
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'visits_causemember'::regclass AND contype = 'u'"
        )
        constraints = cursor.fetchall()
        for name, _definition in constraints:
            cursor.execute(f'ALTER TABLE visits_causemember DROP CONSTRAINT "{name}"')
    try:
        cast, pairs = prepared(5)
        won, _lost = race(cast.county_manager, pairs)
        assert won > 5 and CauseMember.objects.count() > 5
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM visits_causemember")
            for name, definition in constraints:
                cursor.execute(
                    f'ALTER TABLE visits_causemember ADD CONSTRAINT "{name}" {definition}'
                )
