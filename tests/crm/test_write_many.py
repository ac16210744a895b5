"""Very many rows are written in few statements, and stand there as if each had been saved by itself."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.bulk import ROWS_AT_ONCE, Table
from crm.models import AuditEvent
from liaisons.models import Enterprise

pytestmark = pytest.mark.django_db


def test_rows_beyond_one_statement_all_arrive_in_their_order():
    table, count = Table(AuditEvent), 2 * ROWS_AT_ONCE + 7
    with CaptureQueriesContext(connection) as asked:
        keys = [table.add(verb="test.write", noun="", object_uid=str(number), detail={"第": number}) for number in range(count)]
        assert table.close() == count
    kept = AuditEvent.objects.filter(verb="test.write").order_by("pk").values_list("pk", "object_uid", "detail")
    assert list(kept) == [(key, str(number), {"第": number}) for number, key in enumerate(keys)]
    assert len(asked) < 10


def test_a_row_reads_as_if_it_had_been_saved():
    values = {"name": "甲有限公司", "core_name": "甲", "founded_on": datetime.date(2019, 10, 8), "capital": Decimal("30000.00")}
    named, saved = uuid.uuid4(), Enterprise.objects.create(**values)
    table = Table(Enterprise)
    key, other = table.add(uid=named, **values), table.add(**{**values, "founded_on": "2019-10-08", "capital": "30000.00"})
    table.close()
    ours, anew = Enterprise.objects.get(pk=key), Enterprise.objects.get(pk=other)
    assert ours.uid == named and anew.uid not in {named, saved.uid}
    made = {"id", "uid", "created_at", "updated_at"}
    for field in Enterprise._meta.concrete_fields:
        if field.name not in made:
            assert getattr(ours, field.attname) == getattr(anew, field.attname) == getattr(saved, field.attname), field.name
    assert abs(ours.created_at - timezone.now()) < datetime.timedelta(minutes=1)


def test_a_column_that_is_not_there_is_no_slip_of_the_pen():
    with pytest.raises(KeyError):
        Table(Enterprise).add(name="甲有限公司", colour="红")
