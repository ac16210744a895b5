"""What this app puts into a person's calendar: the next contacts of own visits, and the limits in
the person's hands.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.notices.feeds import sources
from crm.notices.ics import Event
from visits.models import Problem, ProblemTask, Visit
from visits.models.problems import State
from visits.problems.clocks import day_of, end_of


@sources.add
def next_contacts(user, first, most) -> Iterator[Event]:
    """The days on which the enterprises that the person visited are to be called on again."""
    rows = Visit.objects.visible_to(user).filter(
        officer=user.pk, withdrawn_at__isnull=True, next_contact_on__gte=first
    )
    for row in rows.select_related("enterprise").order_by("next_contact_on", "pk")[:most]:
        yield Event(
            f"contact-{row.uid}",
            row.next_contact_on,
            _("Next contact: %(name)s") % {"name": row.enterprise.name},
            _address("visit_detail", row),
            row.updated_at,
        )


@sources.add
def limits(user, first, most) -> Iterator[Event]:
    """The limits of problems that the person handles, or that wait in the person's unit for a
    handler.
    """
    waiting = Q(lead_unit=user.unit_id, handler__isnull=True) if user.unit_id else Q(pk__in=())
    rows = Problem.objects.visible_to(user).filter(
        Q(handler=user.pk) | waiting, overdue_from__gte=end_of(first)
    )
    for row in rows.select_related("enterprise").order_by("overdue_from", "pk")[:most]:
        summary = _("Due: %(title)s (%(name)s)") % {"title": row.title, "name": row.enterprise.name}
        yield Event(
            f"problem-{row.uid}",
            _start(row.due_at),
            summary,
            _address("problem_detail", row),
            row.updated_at,
        )


@sources.add
def parts(user, first, most) -> Iterator[Event]:
    """The limits of the parts that the person's unit has in others' problems."""
    mine = Problem.objects.visible_to(user).filter(
        state__in=State.LATE_POSSIBLE, paused_at__isnull=True
    )
    rows = ProblemTask.objects.filter(
        unit=user.unit_id, answered_at__isnull=True, due_at__gte=end_of(first), problem__in=mine
    )
    for row in rows.select_related("problem__enterprise").order_by("due_at", "pk")[:most]:
        summary = _("Your unit's part is due: %(title)s (%(name)s)") % {
            "title": row.problem.title,
            "name": row.problem.enterprise.name,
        }
        yield Event(
            f"part-{row.problem.uid}-{row.unit_id}",
            _start(row.due_at),
            summary,
            _address("problem_detail", row.problem),
            row.problem.updated_at,
        )


def _start(due_at) -> datetime.date | datetime.datetime:
    """The day of a limit that is a day's end; the moment of one in working hours."""
    local = timezone.localtime(due_at)
    return day_of(due_at) if local.time() == datetime.time() else local


def _address(name, row) -> Any:
    return settings.PUBLIC_BASE_URL + reverse(name, args=[row.uid])
