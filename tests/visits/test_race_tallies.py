"""Many write at once: no count is lost, nobody waits for each other in a circle."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from liaisons.models import Enterprise
from liaisons.transitions.enterprises import enterprise_change
from tests.cast import build_cast, record_visit
from visits import tallies
from visits.models import Visit, VisitTally
from visits.models.tallies import ALL, MONTH_COLUMNS
from visits.transitions.visits import visit_withdraw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time, and its test database one thread")
def test_visits_at_once_are_all_counted():
    cast = build_cast()

    def work(number):
        chance = random.Random(number)
        try:
            for _turn in range(6):
                who, enterprise = chance.choice([(cast.li, cast.semir), (cast.li, cast.hotel), (cast.wu, cast.chint)])
                visit = record_visit(cast, who, enterprise, kind=chance.choice(["door", "phone", "came"]))
                if chance.random() < 0.4:
                    visit_withdraw(visit=visit, reason="误录", by=who)
                row = Enterprise.objects.get(pk=cast.semir.pk)
                industry = chance.choice([cast.hotels, cast.manufacturing])
                try:
                    enterprise_change(row=row, values={"industry": industry}, version=row.version, by=cast.li)
                except Exception as refusal:
                    assert type(refusal).__name__ == "StaleEdit", refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))
    counted = sum(map(sum, VisitTally.objects.filter(division=ALL, section=ALL).values_list(*MONTH_COLUMNS)))
    assert counted == Visit.objects.filter(withdrawn_at__isnull=True).count() > 20
    assert tallies.reconcile_tallies() == 0
