"""A number that is nought is a fact: a summary says it, and leaves out only what nobody filled in."""

import pytest

from tests.cast import record_visit
from visits.models import Visit
from visits.summaries import content

pytestmark = pytest.mark.django_db


def test_a_nought_is_said_and_what_is_empty_is_not(cast, monkeypatch):
    visit = Visit.objects.get(pk=record_visit(cast, cast.li).pk)
    visit.sets = {"problems": []}
    facts = [("接待人数", 0), ("下次联系", ""), ("重点工程", None)]
    monkeypatch.setattr(content, "_rows", lambda visit: facts)
    assert content._worded(visit)["rows"] == [("接待人数", 0)]
