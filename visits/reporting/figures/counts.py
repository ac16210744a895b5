"""The counts behind the figures: a handful of statements, none of which reads a visit."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.utils import timezone

from crm.db.kept import KeptQuery
from crm.models import Unit
from liaisons.models import Enterprise, KeyProject
from visits.models import Problem, VisitTally
from visits.models.problems import overdue, still_open
from visits.models.rollups import ALL, ANY_VISIT, MONTH_COLUMNS
from visits.reporting.figures.cut import Cut

#: What sums_by_unit counts.
COUNTED = ("enterprises", "visited", "unvisited", "never", "visits", "contacts", "open", "overdue")


def sums_by_unit(cut) -> defaultdict[Any, dict[str, int]]:
    """Unit key (None: no unit) → name of COUNTED → number, each row under its own unit and not
    under those above.
    """
    sums = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for unit, enterprises, visited, never in _enterprises_asked(cut):
        sums[unit].update(
            enterprises=enterprises, visited=visited, unvisited=enterprises - visited, never=never
        )
    for unit, visits, contacts in _asked(_visits, cut):
        sums[unit].update(visits=visits or 0, contacts=contacts or 0)
    for unit, still, late in _asked(_problems, cut, timezone.now()):
        sums[unit].update(open=still, overdue=late)
    return sums


def visits_by_month(cut) -> list[tuple[Any, int, int]]:
    """A list as long as the period: (first day of the month, visits, contacts)."""
    counts = {(year, kind): numbers for year, kind, *numbers in _asked(_by_month, cut)}

    def total(month, kinds) -> int:
        return sum(
            counts[month.year, kind][month.month - 1]
            for kind in kinds
            if (month.year, kind) in counts
        )

    return [
        (month, total(month, cut.kinds), total(month, cut.contact_kinds)) for month in cut.months
    ]


def stages(cut) -> dict:
    """Stage of a key project → number of projects."""
    return dict(_asked(_stages, cut))


def _enterprises_asked(cut: Cut) -> list[tuple]:
    """The rows of ``_enterprises``, in the cheapest of two ways."""
    if not cut.kind and cut.months.ends_on >= timezone.localdate():
        # Nothing lies in the future, so the last visit tells: whoever had one since the first day
        # had one in the period.
        return _asked(_enterprises_since, cut, cut.months.first)
    return _asked(_enterprises, cut)


def _asked(make: Callable[..., QuerySet], cut: Cut, *given: datetime.date) -> list[tuple]:
    """The rows of ``make(cut, *given)``, a statement that is built once for each question.

    Building the five is a third of the dashboard's page. The key holds all that the statements are
    made of besides the cut: the path of its unit and the divisions within its division.
    """
    return kept_count(make, cut, cut.unit and cut.unit.path, tuple(cut.divisions))(*given)


@lru_cache(maxsize=256)
def kept_count(
    make: Callable[..., QuerySet], cut: Cut, path: str | None, divisions: tuple[str, ...]
) -> KeptQuery:
    """The statement of one builder for one cut, whose unit and divisions are these now."""
    given = {
        _problems: [Problem._meta.get_field("overdue_from")],
        _enterprises_since: [Enterprise._meta.get_field("last_visit_on")],
    }
    return KeptQuery(given.get(make, []), partial(make, cut), about=f"{cut}", planned=False)


def _by_month(cut) -> QuerySet[VisitTally]:
    """(year, kind, visits of each of its twelve months)."""
    sums = {f"sum_{name}": Sum(name) for name in MONTH_COLUMNS}
    return _tallies(cut).values_list("year", "kind").annotate(**sums).order_by()


def _stages(cut) -> QuerySet[Any]:
    """(stage, number of key projects)."""
    rows = _in_unit(KeyProject.objects.all(), cut)
    if cut.division:
        rows = rows.filter(division__in=cut.divisions)
    if cut.section:
        rows = rows.filter(enterprise__industry__section=cut.section)
    return rows.values_list("stage").annotate(Count("pk")).order_by()


def _in_unit(rows, cut) -> Any:
    """The rows of the cut's unit."""
    if cut.unit is None:
        return rows.filter(unit__isnull=True) if cut.itself else rows
    if cut.itself:
        return rows.filter(unit=cut.unit.pk)
    return rows.filter(unit__in=Unit.objects.below(cut.unit).values("pk"))


def _enterprises(cut: Cut) -> QuerySet:
    """(unit, in business, of these visited in the period, of these never visited), by the
    responsible unit today.
    """
    rows, visited = _in_business(cut), Q(pk__in=[])
    for era, mask in cut.months.masks.items():
        kept = f"months_{era}"
        of_kind = Q(visit_months__era=era, visit_months__kind=cut.kind or ANY_VISIT)
        rows = rows.annotate(**{kept: FilteredRelation("visit_months", condition=of_kind)})
        rows = rows.annotate(**{f"hits_{era}": F(f"{kept}__months").bitand(mask)})
        visited |= Q(**{f"hits_{era}__gt": 0})
    return _visited(rows, visited)


def _enterprises_since(cut: Cut, day: datetime.date) -> QuerySet:
    """The same, of a period from ``day`` to this month."""
    return _visited(_in_business(cut), Q(last_visit_on__gte=day))


def _in_business(cut: Cut) -> QuerySet:
    rows = _in_unit(Enterprise.objects.filter(status=Enterprise.Status.ACTIVE), cut)
    if cut.division:
        rows = rows.filter(division__in=cut.divisions)
    if cut.section:
        rows = rows.filter(industry__section=cut.section)
    return rows


def _visited(rows: QuerySet, visited: Q) -> QuerySet:
    """Enterprises counted by their unit; ``visited`` says which were visited."""
    counts = (
        Count("pk"),
        Count("pk", filter=visited),
        Count("pk", filter=Q(last_visit_on__isnull=True)),
    )
    return (
        rows.values_list("unit")
        .annotate(**dict(zip(("all", "visited", "never"), counts, strict=True)))
        .order_by()
    )


def _tallies(cut) -> QuerySet[VisitTally]:
    """The rows of VisitTally in the grain of the cut's filters, of the years of its period."""
    rows = VisitTally.objects.filter(
        section=cut.section or ALL, division__in=cut.divisions or [ALL], year__in=cut.months.columns
    )
    return _in_unit(rows.filter(kind__in=[*cut.kinds, *cut.contact_kinds]), cut)


def _visits(cut) -> QuerySet[VisitTally]:
    """(unit at the time, visits, contacts) of the period; a sum may be None."""
    in_period = Case(
        *(When(year=year, then=_total(columns)) for year, columns in cut.months.columns.items()),
        output_field=IntegerField(),
    )
    return (
        _tallies(cut)
        .values_list("unit")
        .annotate(
            visits=Sum(in_period, filter=Q(kind__in=cut.kinds)),
            contacts=Sum(in_period, filter=Q(kind__in=cut.contact_kinds)),
        )
        .order_by()
    )


def _total(columns) -> Any:
    """n01 + n02 + … as an expression."""
    total = F(columns[0])
    for name in columns[1:]:
        total = total + F(name)
    return total


def _problems(cut, now) -> QuerySet[Any]:
    """(unit at the time, open, of these overdue at the moment ``now``)."""
    rows = _in_unit(Problem.objects.filter(still_open()), cut)
    if cut.division:
        rows = rows.filter(enterprise__division__in=cut.divisions)
    if cut.section:
        rows = rows.filter(enterprise__industry__section=cut.section)
    return (
        rows.values_list("unit")
        .annotate(open=Count("pk"), late=Count("pk", filter=overdue(now)))
        .order_by()
    )
