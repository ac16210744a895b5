"""The kept roll-ups of visits follow every visit and every enterprise, and are healed when they do
not.
"""

import datetime

import pytest
from django.db.models import F
from django.utils import timezone

from crm.models import AuditEvent, Notice
from liaisons.enterprises.services import enterprise_change
from liaisons.models import Enterprise
from tests.cast import record_visit
from visits.models import TalliedClass, Visit, VisitMonths, VisitTally
from visits.models.rollups import ALL, ANY_VISIT, ERA_YEARS, MONTH_COLUMNS, NONE
from visits.recording.services import visit_change, visit_withdraw
from visits.reporting import rollups
from visits.tasks import reconcile_rollups

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    """Today's noon, or yesterday's in the morning, so that a visit then is not in the future."""
    now = timezone.localtime()
    return (now if now.hour >= 13 else now - datetime.timedelta(days=1)).replace(hour=12, minute=0)


def counted(unit, **cell):
    """What VisitTally says of a unit, over all months and years."""
    cell = {"division": ALL, "section": ALL} | cell
    rows = VisitTally.objects.filter(unit=unit, **cell).values_list(*MONTH_COLUMNS)
    return sum(map(sum, rows))


def months(enterprise, kind=ANY_VISIT):
    """The (year, month) pairs that VisitMonths marks for an enterprise."""
    marked = set()
    for row in VisitMonths.objects.filter(enterprise=enterprise, kind=kind):
        marked |= {
            (row.era * ERA_YEARS + bit // 12, bit % 12 + 1)
            for bit in range(12 * ERA_YEARS)
            if row.months >> bit & 1
        }
    return marked


def a_month_before(day):
    return (day.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


def test_a_visit_is_counted_under_its_class_and_marked_in_its_month(cast, noon):
    record_visit(cast, cast.li, started_at=noon)
    assert counted(cast.wuma) == counted(cast.wuma, kind="door") == 1
    assert (
        counted(cast.wuma, division="330302", section="C") == counted(cast.wuma, section="C") == 1
    )
    assert counted(cast.wuma, division="330302") == 1 and counted(cast.wuma, section="H") == 0
    assert months(cast.semir) == months(cast.semir, "door") == {(noon.year, noon.month)}
    cast.semir.refresh_from_db()
    assert cast.semir.last_visit_on == cast.semir.waiting_since == noon.date()


def test_a_contact_is_counted_and_is_no_visit(cast, noon):
    waiting = cast.semir.waiting_since
    record_visit(cast, cast.li, kind="phone", started_at=noon)
    assert counted(cast.wuma, kind="phone") == 1
    assert months(cast.semir, "phone") and not months(cast.semir)
    cast.semir.refresh_from_db()
    assert (cast.semir.last_visit_on, cast.semir.waiting_since) == (None, waiting)


def test_an_edit_moves_the_count(cast, noon):
    visit = record_visit(cast, cast.li, started_at=noon)
    earlier = a_month_before(noon)
    changed = visit_change(
        row=visit,
        values={"started_at": earlier, "kind": "meeting"},
        version=visit.version,
        by=cast.li,
    )
    assert changed.held_on == earlier.date()
    assert (counted(cast.wuma, kind="door"), counted(cast.wuma, kind="meeting")) == (0, 1)
    assert months(cast.semir) == months(cast.semir, "meeting") == {(earlier.year, earlier.month)}
    assert months(cast.semir, "door") == set()
    cast.semir.refresh_from_db()
    assert cast.semir.last_visit_on == earlier.date()


def test_a_withdrawn_visit_counts_nowhere_and_leaves_its_neighbours(cast, noon):
    first, second = (record_visit(cast, cast.li, started_at=noon) for _number in range(2))
    visit_withdraw(visit=first, reason="重复录入", by=cast.li)
    assert counted(cast.wuma) == 1 and months(cast.semir) == {(noon.year, noon.month)}
    visit_withdraw(visit=second, reason="重复录入", by=cast.li)
    assert counted(cast.wuma) == 0 and months(cast.semir) == set()
    cast.semir.refresh_from_db()
    assert cast.semir.last_visit_on is None
    assert cast.semir.waiting_since == timezone.localdate(cast.semir.created_at)


def test_the_unit_is_that_of_the_visit_and_not_of_the_enterprise(cast, noon):
    record_visit(cast, cast.county_manager, started_at=noon)
    assert (counted(cast.county), counted(cast.wuma)) == (1, 0)


def test_a_reclassified_enterprise_takes_its_visits_along(cast, noon):
    record_visit(cast, cast.li, started_at=noon)
    record_visit(cast, cast.li, cast.hotel, started_at=noon)
    enterprise_change(
        row=cast.semir,
        values={"division": cast.yueqing, "industry": cast.hotels},
        version=cast.semir.version,
        by=cast.li,
    )
    assert counted(cast.wuma, division="330302", section="C") == 0
    assert counted(cast.wuma, division="330382", section="H") == 1
    assert counted(cast.wuma, section="H") == counted(cast.wuma) == 2
    assert (
        reconcile_rollups() is None and not AuditEvent.objects.filter(verb="tallies.heal").exists()
    )


def test_an_enterprise_without_division_and_industry_is_counted_too(cast, noon):
    Enterprise.objects.filter(pk=cast.semir.pk).update(division=None, industry=None)
    record_visit(cast, cast.li, started_at=noon)
    assert counted(cast.wuma, division=NONE, section=NONE) == counted(cast.wuma) == 1


def test_a_rebuild_finds_what_the_verbs_have_kept(cast, noon):
    record_visit(cast, cast.li, started_at=noon)
    record_visit(cast, cast.li, cast.hotel, kind="chat", started_at=a_month_before(noon))
    record_visit(cast, cast.wu, cast.chint, kind="came", started_at=noon)
    withdrawn = record_visit(cast, cast.sun, cast.shoes, started_at=noon)
    visit_withdraw(visit=withdrawn, reason="误录", by=cast.sun)
    kept = [sorted(model.objects.values_list(*fields)) for model, fields in HELD]
    for model, _fields in HELD:
        model.objects.all().delete()
    rollups.rebuild_rollups()
    for (model, fields), before in zip(HELD, kept, strict=True):
        now = sorted(model.objects.values_list(*fields))
        assert set(now) <= set(before) | {(cast.shoes.pk, "330302", "C")}
    assert (
        counted(cast.wuma) == 2
        and counted(cast.liushi, kind="came") == 1
        and not months(cast.shoes)
    )
    assert rollups.reconcile_rollups() == 0


HELD = (
    (VisitTally, ("unit", "division", "section", "kind", "year", *MONTH_COLUMNS)),
    (VisitMonths, ("enterprise", "kind", "era", "months")),
    (TalliedClass, ("enterprise", "division", "section")),
)


def test_what_was_broken_on_purpose_is_healed_and_reported(cast, noon):
    record_visit(cast, cast.li, started_at=noon)
    record_visit(cast, cast.li, cast.hotel, started_at=noon)
    VisitTally.objects.filter(section="H", division=ALL).update(n01=F("n01") + 7)
    VisitTally.objects.filter(section=ALL, division="330302").delete()
    VisitMonths.objects.filter(enterprise=cast.semir, kind=ANY_VISIT).update(
        months=F("months").bitor(1 << 59)
    )
    VisitMonths.objects.filter(enterprise=cast.hotel, kind="door").update(months=0)
    Enterprise.objects.filter(pk=cast.hotel.pk).update(last_visit_on=None, industry=cast.electric)
    reconcile_rollups()
    found = AuditEvent.objects.get(verb="tallies.heal").detail
    places = found.pop("places")
    assert found == {"classes": 1, "counts": 2, "months": 2, "last_visits": 1}
    assert (
        "33030201 2026 door 330302 *".replace("2026", str(noon.year)) in places
        and str(cast.hotel.uid) in places
    )
    assert Notice.objects.get(kind="tallies.healed").owner == cast.audit_admin
    assert (
        counted(cast.wuma)
        == counted(cast.wuma, section="C")
        == counted(cast.wuma, division="330302")
        == 2
    )
    assert counted(cast.wuma, section="H") == 0
    assert months(cast.semir) == months(cast.hotel, "door") == {(noon.year, noon.month)}
    assert rollups.reconcile_rollups() == 0


def test_a_visit_past_the_verbs_is_found_by_the_reconciler(cast, noon):
    visit = record_visit(cast, cast.li, started_at=noon)
    Visit.objects.filter(pk=visit.pk).update(kind="phone")
    assert rollups.reconcile_rollups() > 0
    assert counted(cast.wuma, kind="phone") == 1 and counted(cast.wuma, kind="door") == 0
    assert months(cast.semir) == set() and months(cast.semir, "phone")
