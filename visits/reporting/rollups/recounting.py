"""Counting anew what the roll-ups should hold, and healing what differs."""

import datetime
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.models import Role, Unit, User
from crm.notices.services import Kind, kinds, notice_for, tell
from crm.writing.audit import audit
from liaisons.models import Enterprise
from visits.models import TalliedClass, Visit, VisitMonths, VisitTally
from visits.models.rollups import MONTH_COLUMNS, NONE
from visits.reporting.rollups.cells import (
    MONTHS_KEY,
    TALLY_KEY,
    add_counts,
    add_months,
    era_and_bit,
    grains,
    month_kinds,
    new_counts,
)
from visits.reporting.rollups.keeping import (
    drifted_enterprises,
    enterprises_moved,
    heal_last_visit,
    recount_months,
)

log = logging.getLogger(__name__)

#: Enterprises held together while their visits are counted anew.
AT_ONCE = 200
#: Places that a report of what was healed names.
NAMED = 20
kinds.add(
    Kind(
        "tallies.healed",
        gettext_lazy("Figures of the dashboard differed from their rows and were mended"),
        "tool",
    ),
)


def rebuild_rollups() -> int:
    """Count everything anew, for loaders that write visits past the services.

    Returns how many cells were written.
    """
    return sum(_heal()[0].values())


def reconcile_rollups() -> int:
    """Heal what differs between the roll-ups and the visits, and report it.

    Returns how many differences there were.

    May run beside people at work: differences are found in one view of the database, and are then
    added to the roll-ups as they stand, so that what was counted meanwhile stays counted.
    """
    found, places = _heal()
    differences = sum(found.values())
    if differences:
        log.warning(
            "The roll-ups of visits differed in %d places and were healed: %s; such as %s",
            differences,
            found,
            places,
        )
        with transaction.atomic():
            audit("tallies.heal", **found, places=places)
            _tell_administrators(differences)
    return differences


def _tell_administrators(differences) -> None:
    """Tell those who read the log, where the event says what was mended."""
    administrators = User.objects.filter(role=Role.AUDIT_ADMIN, is_active=True).values_list(
        "pk", flat=True
    )
    path, key = f"{reverse('audit_list')}?act=heal", f"tallies.healed:{timezone.localdate()}"
    tell(notice_for(pk, "tallies.healed", str(differences), path, key=key) for pk in administrators)


def _heal() -> tuple[dict[str, int], list[str]]:
    """Heal everything.

    Returns how many differences of each sort there were, and the names of some places.
    """
    _class_the_new()
    others = _reclassified()
    # Some at a time: whoever records a visit there waits no longer than that takes.
    classes = sum(
        enterprises_moved(others[start : start + AT_ONCE])
        for start in range(0, len(others), AT_ONCE)
    )
    with _one_view():
        counts, masks = _differences()
        drifted = drifted_enterprises()
    add_counts(counts)
    add_months({key: missing for key, (missing, _extra) in masks.items() if missing})
    for (era, kind, enterprise), (_missing, extra) in masks.items():
        if extra:
            recount_months(enterprise, era, kind)
    for enterprise in drifted:
        heal_last_visit(enterprise)
    found = {
        "classes": classes,
        "counts": len(counts),
        "months": len(masks),
        "last_visits": len(drifted),
    }
    return found, _named(
        counts, {*others, *drifted, *(enterprise for _era, _kind, enterprise in masks)}
    )


def _named(counts, enterprises) -> list[str]:
    """Some of the cells of VisitTally and of the enterprises, as a report names them."""
    codes = dict(Unit.objects.values_list("pk", "code")) if counts else {}
    cells = [
        f"{codes[unit]} {year} {kind} {division} {section}"
        for section, division, year, kind, unit in sorted(counts)[:NAMED]
    ]
    uids = (
        Enterprise.objects.filter(pk__in=sorted(enterprises)[:NAMED])
        .order_by("pk")
        .values_list("uid", flat=True)
    )
    return [*cells, *map(str, uids)]


def _class_the_new() -> None:
    """Give a class to the enterprises that a loader brought with visits."""
    fresh = _with_class(Enterprise.objects.filter(tallied_class=None))
    TalliedClass.objects.bulk_create(
        [
            TalliedClass(enterprise_id=key, division=division, section=section)
            for key, division, section in fresh
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


def _reclassified() -> list:
    """The enterprises whose visits are counted under another class than their present one."""
    rows = Enterprise.objects.annotate(
        its_division=Coalesce("division_id", Value(NONE)),
        its_section=Coalesce("industry__section", Value(NONE)),
    )
    same = Q(tallied_class__division=F("its_division"), tallied_class__section=F("its_section"))
    return list(
        rows.filter(tallied_class__isnull=False)
        .exclude(same)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _with_class(enterprises) -> Any:
    return enterprises.values_list(
        "pk", Coalesce("division_id", Value(NONE)), Coalesce("industry__section", Value(NONE))
    ).order_by("pk")


@contextmanager
def _one_view() -> Iterator[None]:
    """Read visits and roll-ups as of one moment: SQLite's transactions are so by themselves,
    PostgreSQL's when told.
    """
    connection = transaction.get_connection()
    tell = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic():
        if tell:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _differences() -> tuple[dict[Any, list[int]], dict[Any, tuple[Any, int]]]:
    """``(counts, masks)``: what to add to each cell of VisitTally, and of VisitMonths the missing
    and the extra bits.
    """
    counts, months = _expected()
    for row in VisitTally.objects.values_list(*TALLY_KEY, *MONTH_COLUMNS).order_by():
        steps = counts[row[:5]]
        for place, number in enumerate(row[5:]):
            steps[place] -= number
    masks = {key: (mask, 0) for key, mask in months.items()}
    for era, kind, enterprise, kept in VisitMonths.objects.values_list(
        *MONTHS_KEY, "months"
    ).order_by():
        wanted = months.get((era, kind, enterprise), 0)
        masks[era, kind, enterprise] = (wanted & ~kept, kept & ~wanted)
    return (
        {key: steps for key, steps in counts.items() if any(steps)},
        {key: bits for key, bits in masks.items() if any(bits)},
    )


def _expected() -> tuple[defaultdict[Any, list[int]], dict]:
    """What the visits themselves say: the counts of VisitTally and the bits of VisitMonths."""
    classes = {
        key: (division, section) for key, division, section in TalliedClass.objects.values_list()
    }
    counts, months = new_counts(), {}
    for year in _years():
        fine = new_counts()
        for enterprise, unit, kind, *numbers in _months_of(year):
            _add(fine[(*classes[enterprise], kind, unit)], numbers)
            _mark(months, enterprise, kind, year, numbers)
        for (division, section, kind, unit), numbers in fine.items():
            for its_section, its_division in grains(division, section):
                _add(counts[its_section, its_division, year, kind, unit], numbers)
    return counts, months


def _years() -> range:
    ends = _counted().aggregate(first=Min("held_on"), last=Max("held_on"))
    return range(ends["first"].year, ends["last"].year + 1) if ends["first"] else range(0)


def _counted() -> QuerySet[Any]:
    return Visit.objects.filter(withdrawn_at__isnull=True)


def _months_of(year) -> Iterator[Any]:
    """(enterprise, unit, kind, twelve counts) of a year.

    Ranges of days, because SQLite would ask Python for a month.
    """
    starts = [datetime.date(year + month // 12, month % 12 + 1, 1) for month in range(13)]
    within = {
        name: Count("pk", filter=Q(held_on__gte=first, held_on__lt=following))
        for name, first, following in zip(MONTH_COLUMNS, starts, starts[1:], strict=False)
    }
    rows = _counted().filter(held_on__gte=starts[0], held_on__lt=starts[12])
    return (
        rows.values_list("enterprise", "unit", "kind")
        .annotate(**within)
        .order_by()
        .iterator(chunk_size=5000)
    )


def _add(sums, numbers) -> None:
    for place, number in enumerate(numbers):
        sums[place] += number


def _mark(months, enterprise, kind, year, numbers) -> None:
    """Set the bits of the months that have visits."""
    for place, number in enumerate(numbers):
        if number:
            era, bit = era_and_bit(year, place + 1)
            for name in month_kinds(kind):
                months[era, name, enterprise] = months.get((era, name, enterprise), 0) | 1 << bit
