"""The dashboard's figures as plain ORM aggregates over the visits themselves, by the book.

One grouped query for each table, no query in a loop: what a careful team writes without kept
roll-ups.
"""

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from liaisons.models import Enterprise, KeyProject
from visits.models import Problem, Visit


def figures(first, last, *, unit=None, division=None, section=None):
    """All figures of the dashboard between two days, by the same definitions."""
    visits = Visit.objects.filter(withdrawn_at__isnull=True, held_on__gte=first, held_on__lte=last)
    enterprises = Enterprise.objects.filter(status="active")
    problems = Problem.objects.filter(ended_on__isnull=True)
    projects = KeyProject.objects.all()
    if unit is not None:
        visits = visits.filter(unit__path__startswith=unit.path)
        enterprises = enterprises.filter(unit__path__startswith=unit.path)
        problems = problems.filter(unit__path__startswith=unit.path)
        projects = projects.filter(unit__path__startswith=unit.path)
    if division is not None:
        visits, problems = (
            visits.filter(enterprise__division=division),
            problems.filter(enterprise__division=division),
        )
        enterprises, projects = (
            enterprises.filter(division=division),
            projects.filter(division=division),
        )
    if section is not None:
        visits = visits.filter(enterprise__industry__section=section)
        problems = problems.filter(enterprise__industry__section=section)
        enterprises = enterprises.filter(industry__section=section)
        projects = projects.filter(enterprise__industry__section=section)
    is_visit = Q(kind__in=["door", "meeting", "came"])
    covering = Visit.objects.filter(
        is_visit,
        withdrawn_at__isnull=True,
        held_on__gte=first,
        held_on__lte=last,
        enterprise__in=enterprises,
    )
    is_late = Q(overdue_from__lte=timezone.now())  # whose clock has stopped is late no more
    by_kind = {"visits": Count("pk", filter=is_visit), "contacts": Count("pk", filter=~is_visit)}
    return {
        "total": visits.aggregate(**by_kind),
        "enterprises": enterprises.aggregate(
            all=Count("pk"), never=Count("pk", filter=Q(last_visit_on__isnull=True))
        ),
        "visited": covering.aggregate(visited=Count("enterprise", distinct=True))["visited"],
        "problems": problems.aggregate(open=Count("pk"), overdue=Count("pk", filter=is_late)),
        "stages": dict(projects.values_list("stage").annotate(Count("pk")).order_by()),
        "by_month": {
            month: (visited, called)
            for month, visited, called in visits.annotate(month=TruncMonth("held_on"))
            .values_list("month")
            .annotate(**by_kind)
            .order_by("month")
        },
        "units_visits": list(visits.values("unit").annotate(**by_kind).order_by()),
        "units_visited": list(
            covering.values("enterprise__unit")
            .annotate(visited=Count("enterprise", distinct=True))
            .order_by()
        ),
        "units_enterprises": list(
            enterprises.values("unit")
            .annotate(all=Count("pk"), never=Count("pk", filter=Q(last_visit_on__isnull=True)))
            .order_by()
        ),
        "units_problems": list(
            problems.values("unit")
            .annotate(open=Count("pk"), overdue=Count("pk", filter=is_late))
            .order_by()
        ),
    }
