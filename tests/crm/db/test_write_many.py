"""Very many rows are written in few statements, and stand there as if each had been saved by
itself.
"""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.db.bulk import ROWS_AT_ONCE, Table, change_rows
from crm.models import AuditEvent
from liaisons.models import Enterprise

pytestmark = pytest.mark.django_db


def test_rows_beyond_one_statement_all_arrive_in_their_order():
    table, count = Table(AuditEvent), 2 * ROWS_AT_ONCE + 7
    with CaptureQueriesContext(connection) as asked:
        keys = [
            table.add(verb="test.write", noun="", object_uid=str(number), detail={"第": number})
            for number in range(count)
        ]
        assert table.close() == count
    kept = (
        AuditEvent.objects.filter(verb="test.write")
        .order_by("pk")
        .values_list("pk", "object_uid", "detail")
    )
    assert list(kept) == [(key, str(number), {"第": number}) for number, key in enumerate(keys)]
    assert len(asked) < 10


def test_a_row_reads_as_if_it_had_been_saved():
    values = {
        "name": "甲有限公司",
        "core_name": "甲",
        "founded_on": datetime.date(2019, 10, 8),
        "capital": Decimal("30000.00"),
    }
    named, saved = uuid.uuid4(), Enterprise.objects.create(**values)
    table = Table(Enterprise)
    key, other = (
        table.add(uid=named, **values),
        table.add(**{**values, "founded_on": "2019-10-08", "capital": "30000.00"}),
    )
    table.close()
    ours, anew = Enterprise.objects.get(pk=key), Enterprise.objects.get(pk=other)
    assert ours.uid == named and anew.uid not in {named, saved.uid}
    made = {"id", "uid", "created_at", "updated_at"}
    for field in Enterprise._meta.concrete_fields:
        if field.name not in made:
            assert (
                getattr(ours, field.attname)
                == getattr(anew, field.attname)
                == getattr(saved, field.attname)
            ), field.name
    assert abs(ours.created_at - timezone.now()) < datetime.timedelta(minutes=1)


def test_a_column_that_is_not_there_is_no_slip_of_the_pen():
    with pytest.raises(KeyError):
        Table(Enterprise).add(name="甲有限公司", colour="红")


def test_rows_are_changed_as_if_each_had_been_saved(cast):
    count = ROWS_AT_ONCE + 3
    rows = Enterprise.objects.bulk_create(
        Enterprise(name=f"企业{n}", core_name=f"企业{n}", employees=5) for n in range(count)
    )
    values = {
        "founded_on": datetime.date(2019, 10, 8),
        "capital": Decimal("30000.25"),
        "above_scale": True,
        "employees": None,
        "unit_id": cast.wuma.pk,
        "division_id": "330302",
        "credit_code": None,
        "updated_at": timezone.now(),
    }
    with CaptureQueriesContext(connection) as asked:
        changed = change_rows(
            Enterprise,
            ("name", *values),
            [
                (
                    row.pk,
                    f"改名{n}",
                    *(
                        None if n == 0 and name != "above_scale" and name != "updated_at" else value
                        for name, value in values.items()
                    ),
                )
                for n, row in enumerate(rows)
            ],
        )
    assert (
        changed == count
        and len(asked) <= 3
        and not Enterprise.objects.filter(name__startswith="企业").exists()
    )
    first, last = Enterprise.objects.get(pk=rows[0].pk), Enterprise.objects.get(pk=rows[-1].pk)
    assert (
        {name: getattr(last, name) for name in values} == values
        and last.name == f"改名{count - 1}"
        and last.core_name == f"企业{count - 1}"
    )
    assert (first.founded_on, first.capital, first.unit_id, first.above_scale) == (
        None,
        None,
        None,
        True,
    )
    assert Enterprise.objects.get(pk=cast.semir.pk).name == "温州森马服饰有限公司"
