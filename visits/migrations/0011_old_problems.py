"""Problems from before 0002_problem_travel get what a problem reported today has: its unit, its clock, its history.

An old problem is known by its empty ``due_at``, which every problem has had since. What no row can say of itself is
taken from the nearest that it can: whoever reported it handled it, in the unit of the report; it was answered on the day
it ended, at the latest. Nobody knows whether what was closed then was solved, so it has no proof. Rows that are right are
not touched, and run again it finds nothing.
"""

import datetime

from django.conf import settings
from django.db import migrations
from django.db.models import Case, DateTimeField, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.calendar import WorkingCalendar
from visits.problems.clocks import end_of, moment_after

ANSWERED = ("answered", "under_review", "follow_up")
RUNNING = ("registered", "accepted", "assigned", "acknowledged", "in_progress", "returned", "planned", "outside")
#: The states that a problem reaches in the hands of a unit, and in those of a person.
LED = ("assigned", "acknowledged", "in_progress", "planned", "outside", *ANSWERED, "unconfirmed", "closed")
HANDLED_BY_ONE = LED[1:]
ENDED = Q(state__in=("closed", "unconfirmed"), ended_on__isnull=False)
#: Days written by one statement: each is compared with every row of it.
DAYS_AT_ONCE = 30
#: Above all positions that a history has.
ASIDE = 1_000_000

REGISTERED = """
    INSERT INTO visits_problemstep
        (problem_id, position, verb, old_state, new_state, at, by_id, unit_id, visit_id, due_at, why, detail)
    SELECT id, 1, 'register', '', CASE WHEN state = 'solved_on_spot' AND version = 1 THEN state ELSE 'registered' END,
        created_at, created_by_id, unit_id, visit_id, due_at, '', ''
    FROM visits_problem
    WHERE id <= %s
        AND NOT EXISTS (SELECT 1 FROM visits_problemstep WHERE problem_id = visits_problem.id AND verb = 'register')
"""


def carry_over(apps, editor):
    problems, steps = (apps.get_model("visits", name).objects.using(editor.connection.alias) for name in ("Problem", "ProblemStep"))
    old = problems.filter(due_at__isnull=True).order_by()
    last = old.aggregate(last=Max("pk"))["last"]
    if last is not None:
        _make_room(old, steps)
        _write_columns(old, _columns(apps, editor.connection.alias))
        editor.execute(REGISTERED, [last])
    # What holds for every problem, whoever wrote it.
    problems.filter(dispatch_unit__isnull=True).update(dispatch_unit=F("unit"))
    problems.filter(lead_unit__isnull=True, state__in=LED).update(lead_unit=F("dispatch_unit"))
    problems.filter(overdue_from__isnull=True, paused_at__isnull=True, state__in=RUNNING).update(overdue_from=F("due_at"))
    due_at = problems.filter(pk=OuterRef("problem")).values("due_at")
    steps.filter(due_at__isnull=True).update(due_at=Subquery(due_at))


def _make_room(old, steps):
    """Move the steps taken since an earlier upgrade behind the report; first aside, for no position may be there twice."""
    taken = steps.filter(problem__in=old.values("pk")).exclude(problem__steps__verb="register")
    keys = list(taken.values_list("pk", flat=True))
    steps.filter(pk__in=keys).update(position=F("position") + ASIDE)
    steps.filter(pk__in=keys).update(position=F("position") - ASIDE + 1)


def _write_columns(old, columns):
    """Write the columns of the old problems, each row once; days become moments by what Python knows of the city's time."""
    days = sorted(old.values_list("due_on", flat=True).distinct())
    for start in range(0, len(days), DAYS_AT_ONCE):
        some = days[start : start + DAYS_AT_ONCE]
        rows = old.filter(due_on__range=(some[0], some[-1]))
        ended = rows.filter(ENDED).values_list("ended_on", flat=True).distinct()
        rows.update(
            due_at=_moments("due_on", some),
            # Answered on the day it ended at the latest: the last moment of it.
            handled_at=_where_empty(
                "handled_at",
                When(ENDED, then=_moments("ended_on", ended, -datetime.timedelta(microseconds=1))),
                When(state="solved_on_spot", then=Coalesce(columns["started_at"], F("created_at"))),
                When(state__in=ANSWERED, then=F("updated_at")),
            ),
            **{name: value for name, value in columns.items() if name != "started_at"},
        )


def _moments(column, days, more=datetime.timedelta()):
    """The end of the date in ``column``, which is one of ``days``, and ``more``."""
    cases = [When(**{column: day}, then=Value(end_of(day) + more, output_field=DateTimeField())) for day in days]
    return Case(*cases, default=None, output_field=DateTimeField())


def _columns(apps, alias):
    """What the other columns of an old problem become, as expressions, and when its visit began."""
    others = apps.get_model("visits", "ProblemCategory").objects.using(alias).filter(is_police_matter=False)
    visit = apps.get_model("visits", "Visit").objects.using(alias).filter(pk=OuterRef("visit"))
    waits_until = moment_after(timezone.now(), settings.SILENCE_DAYS, "days", WorkingCalendar())
    return {
        "started_at": Subquery(visit.values("started_at")),
        "dispatch_unit": Coalesce("dispatch_unit", "unit"),
        "lead_unit": _where_empty("lead_unit", When(state__in=LED, then=F("unit"))),
        "handler": _where_empty("handler", When(state__in=HANDLED_BY_ONE, then=F("officer"))),
        "assigned_at": _where_empty("assigned_at", When(state__in=LED, then=F("created_at"))),
        # The enterprise can answer from now on, so it has the whole time.
        "follow_up_until": _where_empty("follow_up_until", When(state="follow_up", then=Value(waits_until))),
        "proof": Case(When(state="solved_on_spot", then=Value("on_spot")), default=F("proof")),
        "source": Case(When(source="page", visit__isnull=False, then=Value("visit")), default=F("source")),
        "is_police_matter": Case(When(category__in=others.values("pk"), then=Value(False)), default=F("is_police_matter")),
    }


def _where_empty(name, *cases):
    return Case(When(**{f"{name}__isnull": False}, then=F(name)), *cases, default=F(name))


class Migration(migrations.Migration):
    dependencies = [("visits", "0010_visit_kind_index"), ("crm", "0004_search_index_settings")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
