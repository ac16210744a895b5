"""Two lists that hold the same problem are imported at the same time: it is registered once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from crm.errors import Conflict
from tests.cast import build_cast
from tests.sheets import workbook
from visits.imports import services as imports
from visits.models import Problem

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="SQLite lets one writer in at a time, and its test database one thread",
    ),
]
CLIENTS = 4


def previewed(cast, content):
    batch = imports.problems_upload(name="诉求.xlsx", content=[content], by=cast.head)
    return imports.problems_read(batch=batch, by=cast.head)


def race(same_file=False):
    """Let so many clients import a list with one problem each at once.

    Returns how many were refused.
    """
    cast = build_cast()
    content = workbook(
        [("温州森马服饰有限公司", "门口停车难", "2026-11-20")],
        heads=("企业名称", "诉求标题", "反映时间"),
    )
    batches = [previewed(cast, content) for _number in range(1 if same_file else CLIENTS)]
    gate = Barrier(CLIENTS)

    def client(number):
        try:
            gate.wait(timeout=60)
            imports.problems_commit(batch=batches[number % len(batches)], by=cast.head)
        except Conflict:
            return 1
        finally:
            connections.close_all()
        return 0

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS)))


@pytest.mark.parametrize("same_file", [True, False])
def test_the_problem_is_registered_once(same_file):
    assert race(same_file) == CLIENTS - 1 and Problem.objects.count() == 1


def test_without_the_lock_it_would_be_registered_by_each(monkeypatch):
    inside = Barrier(CLIENTS)
    monkeypatch.setattr(imports, "_one_by_one", lambda lines: None)
    wait = imports._told

    def told(lines):
        answer = wait(lines)
        # The new preview, not the kept one: all have looked before one has written.
        if isinstance(lines, list):
            inside.wait(timeout=60)
        return answer

    monkeypatch.setattr(imports, "_told", told)
    race()
    assert Problem.objects.count() == CLIENTS
