"""Many write at once: no count is lost, nobody waits for each other in a circle."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from crm.models import Division
from liaisons.enterprises.services import enterprise_change
from liaisons.imports.committing import import_commit, import_undo
from liaisons.imports.services import import_read, import_upload
from liaisons.models import Enterprise
from tests.cast import build_cast, record_visit
from tests.sheets import workbook
from visits.models import Visit, VisitTally
from visits.models.rollups import ALL, MONTH_COLUMNS
from visits.recording.services import visit_withdraw
from visits.reporting import rollups

pytestmark = pytest.mark.django_db(transaction=True)
TWO_WRITERS = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="SQLite lets one writer in at a time, and its test database one thread",
)


@TWO_WRITERS
def test_visits_at_once_are_all_counted():
    cast = build_cast()

    def work(number):
        chance = random.Random(number)
        try:
            for _turn in range(6):
                who, enterprise = chance.choice(
                    [(cast.li, cast.semir), (cast.li, cast.hotel), (cast.wu, cast.chint)]
                )
                visit = record_visit(
                    cast, who, enterprise, kind=chance.choice(["door", "phone", "came"])
                )
                if chance.random() < 0.4:
                    visit_withdraw(visit=visit, reason="误录", by=who)
                row = Enterprise.objects.get(pk=cast.semir.pk)
                industry = chance.choice([cast.hotels, cast.manufacturing])
                try:
                    enterprise_change(
                        row=row, values={"industry": industry}, version=row.version, by=cast.li
                    )
                except Exception as refusal:
                    assert type(refusal).__name__ == "StaleEdit", refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))
    counted = sum(
        map(sum, VisitTally.objects.filter(division=ALL, section=ALL).values_list(*MONTH_COLUMNS))
    )
    assert counted == Visit.objects.filter(withdrawn_at__isnull=True).count() > 20
    assert rollups.reconcile_rollups() == 0


@TWO_WRITERS
def test_visits_beside_imports_that_move_their_enterprises_are_all_counted():
    cast = build_cast()
    names = {
        cast.semir: "温州森马服饰有限公司",
        cast.hotel: "温州五马酒店有限公司",
        cast.chint: "乐清正泰电器有限公司",
    }
    lines = [(name, row.credit_code, "330381", "住宿业") for row, name in names.items()]
    file = workbook(lines, heads=("企业名称", "统一社会信用代码", "行政区划代码", "行业"))
    Division.objects.create(code="330381", name="瑞安市")

    def imports():
        for _turn in range(4):
            batch = import_upload(name="企业.xlsx", content=[file], by=cast.city_manager)
            import_read(batch=batch, by=cast.city_manager)
            import_undo(
                batch=import_commit(batch=batch, by=cast.city_manager), by=cast.city_manager
            )

    def visits(number):
        chance = random.Random(number)
        for _turn in range(12):
            who, enterprise = chance.choice(
                [(cast.li, cast.semir), (cast.li, cast.hotel), (cast.wu, cast.chint)]
            )
            record_visit(cast, who, enterprise)

    def work(number):
        try:
            visits(number) if number else imports()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as workers:
        list(workers.map(work, range(5)))
    counted = sum(
        map(sum, VisitTally.objects.filter(division=ALL, section=ALL).values_list(*MONTH_COLUMNS))
    )
    assert counted == Visit.objects.count() == 48
    assert rollups.reconcile_rollups() == 0
