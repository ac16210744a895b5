"""Whoever changes an enterprise's division or industry, and however: the dashboard's figures equal
their rows right after it.
"""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import AuditEvent, OutboxEvent
from crm.search import index
from liaisons.enterprises import services as house
from liaisons.imports.committing import import_commit, import_undo
from liaisons.models import Enterprise, ImportBatch
from tests.api.conftest import Program
from tests.cast import record_visit
from tests.liaisons.enterprises.test_change_enterprise import change
from tests.orders import with_worker
from tests.sheets import upload, workbook
from visits.models import Visit, VisitDraft
from visits.reporting import rollups

pytestmark = pytest.mark.django_db

HEADS = ("企业名称", "统一社会信用代码", "行政区划代码", "行业")
#: 森马, 五马酒店, and one that is new, each somewhere else than before.
ROWS = [
    ("温州森马服饰有限公司", "91330300MA90000540", "330382", "住宿业"),
    ("温州五马酒店管理有限公司", "91330000142944445H", "330302", "制造业"),
    ("瓯海新光眼镜有限公司", "", "330302", "制造业"),
]


@pytest.fixture
def city(cast):
    """The cast with visits and a call."""
    for who, enterprise, kind in (
        (cast.li, cast.semir, "door"),
        (cast.li, cast.semir, "phone"),
        (cast.li, cast.hotel, "meeting"),
        (cast.wu, cast.chint, "door"),
    ):
        record_visit(cast, who, enterprise, kind=kind)
    return cast


def differences(cast, as_user):
    """The (division, section) for which the dashboard's figure is not the number of rows it counts."""
    client, wrong = as_user(cast.city_manager), {}
    for division in ("", "330302", "330382"):
        for section in ("", "C", "H"):
            board = client.get(
                reverse("dashboard"), {"division": division, "section": section}
            ).context["board"]
            shown = {tile.figure.key: tile.number for tile in board.tiles()}
            rows = Visit.objects.filter(withdrawn_at=None)
            if division:
                rows = rows.filter(enterprise__division=division)
            if section:
                rows = rows.filter(enterprise__industry__section=section)
            there = {
                "visits": rows.exclude(kind="phone").count(),
                "contacts": rows.filter(kind="phone").count(),
            }
            if any(shown[key] != number for key, number in there.items()):
                wrong[division, section] = shown, there
    return wrong


def imported(client, rows=ROWS):
    """The batch of a file sent, looked at and written through the pages."""
    client.post(
        reverse("import_upload"), {"file": upload(workbook(rows, heads=HEADS)), "unit": "33030201"}
    )
    batch = ImportBatch.objects.latest("pk")
    client.post(reverse("import_commit", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "committed", batch.counts
    return batch


def by_import(cast, as_user):
    imported(with_worker(as_user(cast.city_manager)))


def by_taking_back(cast, as_user):
    client = with_worker(as_user(cast.city_manager))
    batch = imported(client)
    client.post(reverse("import_undo", args=[batch.uid]))
    batch.refresh_from_db()
    assert batch.state == "undone" and Enterprise.objects.count() == 4


def by_page(cast, as_user):
    assert (
        change(as_user(cast.head), cast.semir, division="330382", industry="61").status_code == 302
    )


def by_program(cast, as_user):
    body = {"division": "330382", "industry": "61", "version": 1}
    assert Program(cast.head).patch(f"enterprises/{cast.semir.uid}/", body).status_code == 200


def by_dictionary(cast, as_user):
    """The system administrator puts an industry into another section."""
    answer = as_user(cast.system_admin).post(
        "/admin/crm/industry/38/change/", {"name": "电气机械和器材制造业", "section": "H"}
    )
    assert answer.status_code == 302


WAYS = [by_import, by_taking_back, by_page, by_program, by_dictionary]


@pytest.mark.parametrize("way", WAYS)
def test_figures_equal_their_rows_after_it(city, as_user, way):
    assert not differences(city, as_user)
    way(city, as_user)
    assert not differences(city, as_user)
    assert rollups.reconcile_rollups() == 0


@pytest.mark.control
@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_taking_back])
def test_unless_nothing_follows(city, as_user, way, monkeypatch):
    monkeypatch.setattr(house.class_changed, "items", [])
    way(city, as_user)
    assert differences(city, as_user)


def test_an_import_leaves_all_that_an_edit_leaves(city, as_user):
    client = with_worker(as_user(city.city_manager))
    waiting = Enterprise.objects.get(pk=city.semir.pk).waiting_since
    batch = imported(client)
    city.semir.refresh_from_db()
    assert (
        city.semir.division_id,
        city.semir.industry_id,
        city.semir.version,
        city.semir.waiting_since,
    ) == ("330382", "61", 2, waiting)
    changed = AuditEvent.objects.get(verb="enterprise.change", object_uid=city.semir.uid)
    assert (
        changed.detail == {"changed": {"division": ["330302", "330382"], "industry": ["C", "61"]}}
        and changed.actor == city.city_manager
    )
    assert (
        OutboxEvent.objects.filter(
            object_uid=city.semir.uid, verb="enterprise.change", version=2
        ).count()
        == 1
    )
    city.hotel.refresh_from_db()
    assert city.hotel.core_name == "温州五马酒店管理"
    assert city.hotel.pk in index.candidates("enterprise", "酒店管理").values_list(
        "object_id", flat=True
    )
    client.post(reverse("import_undo", args=[batch.uid]))
    city.hotel.refresh_from_db()
    assert (city.hotel.name, city.hotel.version) == ("温州五马酒店有限公司", 3)
    assert (
        not index.candidates("enterprise", "酒店管理").exists()
        and index.candidates("enterprise", "五马酒店").exists()
    )


def test_what_the_house_keeps_by_itself_does_not_stop_taking_back(city, as_user):
    client = with_worker(as_user(city.city_manager))
    batch = imported(client)
    rollups.reconcile_rollups()  # gives the new enterprise its class
    client.post(reverse("import_undo", args=[batch.uid]))
    assert Enterprise.objects.count() == 4


def test_what_somebody_is_typing_does(city, as_user):
    client = with_worker(as_user(city.city_manager))
    batch = imported(client)
    VisitDraft.objects.create(
        uid=uuid.uuid4(),
        owner=city.li,
        enterprise=Enterprise.objects.get(name="瓯海新光眼镜有限公司"),
    )
    client.post(reverse("import_undo", args=[batch.uid]))
    assert VisitDraft.objects.count() == 1 and Enterprise.objects.count() == 5


def statements_of(city, count):
    """How many statements it takes to write an import that changes ``count`` visited enterprises,
    and to take it back.
    """
    names = [f"瓯江第{number}机械有限公司" for number in range(count)]
    made = [
        Enterprise(name=name, unit=city.wuma, division=city.lucheng, industry=city.hotels)
        for name in names
    ]
    for row in made:
        row.full_clean()
    for row in Enterprise.objects.bulk_create(made):
        Visit.objects.create(
            uid=uuid.uuid4(),
            enterprise=row,
            officer=city.li.officer,
            unit=city.wuma,
            kind="door",
            held_on=city.today,
            started_at=city.semir.created_at - datetime.timedelta(days=1),
        )
    rollups.rebuild_rollups()
    from liaisons.imports import services as imports

    file = workbook([(name, "", "330382", "制造业") for name in names], heads=HEADS)
    batch = imports.import_upload(name="企业.xlsx", content=[file], by=city.city_manager)
    imports.import_read(batch=batch, by=city.city_manager)
    assert batch.rows.filter(outcome="changed").count() == count
    counted = []
    for act in (import_commit, import_undo):
        with CaptureQueriesContext(connection) as asked:
            act(batch=ImportBatch.objects.get(pk=batch.pk), by=city.city_manager)
        counted.append(len(asked))
        assert rollups.reconcile_rollups() == 0
    Visit.objects.filter(enterprise__name__in=names).delete()
    Enterprise.objects.filter(name__in=names).delete()
    rollups.rebuild_rollups()
    return counted


def test_statements_do_not_grow_with_the_rows(city):
    few, many = statements_of(city, 3), statements_of(city, 200)
    assert all(one <= other + 2 for one, other in zip(many, few, strict=True)) and max(many) < 45, (
        few,
        many,
    )
