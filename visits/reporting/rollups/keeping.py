"""Keeping the roll-ups: the services of visits and enterprises call these in their own transaction."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from liaisons.enterprises.services import class_changed, kept_along
from liaisons.models import Enterprise
from visits.models import TalliedClass, Visit, VisitMonths
from visits.reporting.rollups.cells import (
    add_counts,
    add_months,
    class_of,
    era_and_bit,
    grains,
    month_kinds,
    new_counts,
)

kept_along.add(TalliedClass, VisitMonths)

#: Enterprises of one statement.
AT_ONCE = 5000


@dataclass(frozen=True)
class VisitFacts:
    """What of a visit the roll-ups count."""

    enterprise_id: int
    unit_id: int
    kind: str
    held_on: datetime.date


def facts_of(visit) -> VisitFacts | None:
    """The facts of a visit as it stands in memory.

    None for a withdrawn one, which counts nowhere.
    """
    if visit.withdrawn_at:
        return None
    return VisitFacts(visit.enterprise_id, visit.unit_id, visit.kind, visit.held_on)


def moved(*, before, after) -> None:
    """Follow one visit from the facts ``before`` (None: it was not counted) to those ``after``
    (None: it counts no more).

    Keeps the roll-ups and since when the enterprise waits. Call it in the transaction of the change,
    after the visit itself is written. It holds the enterprise's row until that transaction ends, so
    that what concerns one enterprise is counted one after the other.
    """
    if before == after:
        return
    if before is None:
        _hold_visited(after)
    else:
        _hold({facts.enterprise_id for facts in (before, after) if facts})
    classes = _classes({facts.enterprise_id for facts in (before, after) if facts})
    counts = new_counts()
    for facts, step in ((before, -1), (after, +1)):
        if facts:
            _count(
                counts, classes[facts.enterprise_id], facts.unit_id, facts.kind, facts.held_on, step
            )
    add_counts(counts)
    if after:
        era, bit = era_and_bit(after.held_on.year, after.held_on.month)
        add_months({(era, kind, after.enterprise_id): 1 << bit for kind in month_kinds(after.kind)})
    if before:
        _clear_month(before)
        for enterprise_id in {
            facts.enterprise_id
            for facts in (before, after)
            if facts and facts.kind in Visit.Kind.VISITS
        }:
            refresh_last_visit(enterprise_id)


@class_changed.add
def enterprises_moved(keys) -> int:
    """Count the visits of these enterprises under their present division and section.

    Returns of how many they were moved.

    Call it in the transaction that changed the enterprises, after the change is written. Its
    statements do not grow with the enterprises but by the thousands.
    """
    with transaction.atomic():
        keys, moved = sorted(keys), {}
        for some in _parts(keys):
            _hold(some)
        for some in _parts(keys):
            rows = _present_and_counted(some)
            _keep_classes([(key, now) for key, now, then in rows if now != then])
            moved |= {
                key: (then, now) for key, now, then in rows if then is not None and now != then
            }
        add_counts(_counts_of(moved))
        return len(moved)


def _counts_of(moved) -> defaultdict[Any, list[int]]:
    """What moves the visits of enterprises: ``moved`` maps a key to the class they are counted
    under and the present one.
    """
    sums = defaultdict(int)
    for some in _parts(sorted(moved)):
        visits = Visit.objects.filter(enterprise__in=some, withdrawn_at__isnull=True).order_by()
        for key, unit, kind, day in visits.values_list(
            "enterprise", "unit", "kind", "held_on"
        ).iterator(chunk_size=5000):
            sums[moved[key], unit, kind, day.replace(day=1)] += 1
    counts = new_counts()
    for ((then, now), unit, kind, month), number in sums.items():
        _count(counts, then, unit, kind, month, -number)
        _count(counts, now, unit, kind, month, number)
    return counts


def _parts(keys) -> Iterator[Any]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def refresh_last_visit(enterprise_id) -> None:
    """Set since when an enterprise waits: the day of its last visit, or the day it was taken in.

    Contacts do not count.

    Others may be recording visits meanwhile: call it with the enterprise's row held, as ``moved``
    and the reconciler do.
    """
    last = last_visit_day(enterprise_id)
    Enterprise.objects.filter(pk=enterprise_id).update(
        last_visit_on=last,
        waiting_since=Coalesce(last, TruncDate("created_at"), output_field=DateField()),
    )


def last_visit_day(enterprise_id) -> Subquery:
    """The day of an enterprise's last visit that counts, as an expression (``enterprise_id`` may be
    an OuterRef).
    """
    visits = Visit.objects.filter(
        enterprise=enterprise_id, kind__in=Visit.Kind.VISITS, withdrawn_at__isnull=True
    )
    return Subquery(
        visits.order_by("-held_on", "-id").values("held_on")[:1], output_field=DateField()
    )


def heal_last_visit(enterprise_id) -> None:
    """``refresh_last_visit`` beside people at work."""
    with transaction.atomic():
        _hold([enterprise_id])
        refresh_last_visit(enterprise_id)


def drifted_enterprises() -> list:
    """The enterprises whose kept last visit is not what their visits say."""
    rows = Enterprise.objects.annotate(last=last_visit_day(OuterRef("pk")))
    never = rows.filter(last__isnull=True, last_visit_on__isnull=False)
    other = rows.filter(last__isnull=False).exclude(
        last_visit_on__isnull=False, last_visit_on=F("last")
    )
    return [*never.values_list("pk", flat=True), *other.values_list("pk", flat=True)]


def recount_months(enterprise_id, era, kind) -> None:
    """Set one row of VisitMonths from the visits themselves, while nobody else writes to it."""
    with transaction.atomic():
        _hold([enterprise_id])
        kinds = [one for one in Visit.Kind.values if kind in month_kinds(one)]
        mask = 0
        visits = Visit.objects.filter(
            enterprise=enterprise_id, kind__in=kinds, withdrawn_at__isnull=True
        )
        for day in visits.values_list("held_on", flat=True).distinct().order_by():
            its_era, bit = era_and_bit(day.year, day.month)
            mask |= 1 << bit if its_era == era else 0
        VisitMonths.objects.filter(enterprise=enterprise_id, era=era, kind=kind).update(months=mask)


def _count(counts, its_class, unit_id, kind, day, step) -> None:
    for section, division in grains(*its_class):
        counts[section, division, day.year, kind, unit_id][day.month - 1] += step


def _clear_month(facts) -> None:
    """Clear the month of a visit that counts no more, unless another visit of the same month keeps
    it.
    """
    first = facts.held_on.replace(day=1)
    following = (first + datetime.timedelta(days=31)).replace(day=1)
    there = Visit.objects.filter(
        enterprise=facts.enterprise_id,
        held_on__gte=first,
        held_on__lt=following,
        withdrawn_at__isnull=True,
    )
    kept = {
        name
        for kind in there.values_list("kind", flat=True).distinct().order_by()
        for name in month_kinds(kind)
    }
    gone = [name for name in month_kinds(facts.kind) if name not in kept]
    if gone:
        era, bit = era_and_bit(first.year, first.month)
        rows = VisitMonths.objects.filter(enterprise=facts.enterprise_id, era=era, kind__in=gone)
        rows.update(months=F("months").bitand(~(1 << bit)))


def _hold(enterprise_ids) -> None:
    """Keep other writers from these enterprises until the transaction ends.

    A statement of its own: what is read in the same statement as the lock may be what it was before
    the wait for it.
    """
    held = Enterprise.objects.filter(pk__in=enterprise_ids).select_for_update(no_key=True)
    list(held.order_by("pk").values_list("pk", flat=True))


def _hold_visited(facts) -> int | None:
    """Hold the enterprise of a visit that is counted anew, by moving its last visit forward if this
    one is later.
    """
    if facts.kind not in Visit.Kind.VISITS:
        return _hold([facts.enterprise_id])
    day = Value(facts.held_on, output_field=DateField())
    last = Greatest(Coalesce("last_visit_on", day), day)
    return Enterprise.objects.filter(pk=facts.enterprise_id).update(
        last_visit_on=last, waiting_since=last
    )


def _present_and_counted(enterprise_ids) -> list[tuple[Any, tuple, tuple | None]]:
    """For each enterprise its key, its present class, and the one its visits are counted under
    (None: none yet).
    """
    rows = Enterprise.objects.filter(pk__in=enterprise_ids).values_list(
        "pk", "division", "industry__section", "tallied_class__division", "tallied_class__section"
    )
    return [
        (key, class_of(division, section), (its_division, its_section) if its_division else None)
        for key, division, section, its_division, its_section in rows
    ]


def _classes(enterprise_ids) -> dict:
    """Enterprise → the class its visits are counted under.

    Those not counted yet get their present one.
    """
    classes = {}
    for key, now, then in _present_and_counted(enterprise_ids):
        classes[key] = then or now
        if then is None:
            _keep_classes([(key, now)])
    return classes


def _keep_classes(classes) -> None:
    """Keep the classes of ``(enterprise, class)`` pairs."""
    TalliedClass.objects.bulk_create(
        [
            TalliedClass(enterprise_id=key, division=division, section=section)
            for key, (division, section) in classes
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["enterprise"],
        update_fields=["division", "section"],
    )
