"""What is done with a problem. Its further travel stands on these."""

import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import WorkingCalendar
from crm.errors import Invalid, NotAllowed
from crm.transitions import create_once, edit_version, require_known, validate
from visits.models import Problem, Visit

#: Working days until a problem is due, by urgency (domain.md §3; each city may set its own).
LIMITS = {Problem.Urgency.URGENT: 1, Problem.Urgency.ADVICE: 3, Problem.Urgency.NORMAL: 7, Problem.Urgency.COMPLEX: 15}


def problem_register(*, uid, payload, values, by):
    """Register a problem; ``values["solved_on_spot"]`` ends it at once. Returns ``(problem, created)``.

    ``values`` names enterprise, title and, where known, visit, description, category, urgency. Its clock starts on the
    day of the visit it was reported in, else today.
    """

    require_known(values["enterprise"], by)
    visit = values.get("visit")
    if visit is None and (not hasattr(by, "officer") or by.unit is None):
        raise NotAllowed(_("Only an officer with a unit can report a problem. Ask the system administrator to enter you as one."))
    if visit is not None and visit.enterprise_id != values["enterprise"].pk:
        raise Invalid(errors={"visit": [_("This visit was to another enterprise.")]})

    def make(**identity):
        problem = problem_from(values, by=by, **identity)
        validate(problem)
        problem.save()
        if problem.visit_id:
            Visit.objects.filter(pk=problem.visit_id).update(
                problem_count=F("problem_count") + 1, facts_version=F("facts_version") + 1, updated_at=timezone.now()
            )
        return problem

    return create_once(Problem, uid=uid, payload=payload, by=by, make=make, verb="problem.register")


def problem_from(values, *, by, **identity):
    """An unsaved problem from plain values, with its reporter's unit frozen and its day due."""
    values = dict(values)
    solved, visit = values.pop("solved_on_spot", False), values.get("visit")
    reported_on = visit.held_on if visit else timezone.localdate()
    return Problem(
        **values,
        **identity,
        officer=visit.officer if visit else by.officer,
        unit=visit.unit if visit else by.unit,
        reported_on=reported_on,
        due_on=due_day(reported_on, values.get("urgency") or Problem.Urgency.NORMAL),
        state=Problem.State.SOLVED_ON_SPOT if solved else Problem.State.REGISTERED,
        ended_on=reported_on if solved else None,
    )


def problem_change(*, row, values, version, by):
    """Correct a problem's words, category or urgency as read in ``version``; the clock keeps its first day."""
    values = {name: value for name, value in values.items() if name != "solved_on_spot"}
    if "urgency" in values and values["urgency"] != row.urgency:
        values["due_on"] = due_day(row.reported_on, values["urgency"])
    return edit_version(row, values, version=version, by=by, also=_touch_visit)


def due_day(start: datetime.date, urgency):
    """The day by which a problem of ``urgency`` reported on ``start`` is to be solved."""
    return WorkingCalendar().add_working_days(start, LIMITS[urgency])


def _touch_visit(problem):
    if problem.visit_id:
        Visit.objects.filter(pk=problem.visit_id).update(facts_version=F("facts_version") + 1, updated_at=timezone.now())
