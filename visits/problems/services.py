"""A problem begins, and its words are corrected; visits.problems.workflow has what leads it on."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Invalid, NotAllowed
from crm.models import Unit, User
from crm.writing.rows import create_once, edit_version, require_known, validate
from liaisons.models import Officer
from visits.attachments.services import files_take
from visits.models import Problem, Visit
from visits.models.problem_states import Proof, Source, State
from visits.problems.clocks import day_of, due_moment
from visits.problems.notifications import tell_step
from visits.problems.workflow.engine import PROBLEMS, touch_visit

#: Days after which a report is too old to be entered; minutes that clocks may differ by.
OLDEST_REPORT, CLOCKS_DIFFER = 400, 5


def problem_register(
    *,
    uid: uuid.UUID,
    payload: object,
    values: Mapping[str, Any],
    by: User,
    files: uuid.UUID | None = None,
    shown: Collection[str] = (),
) -> tuple[Problem, bool]:
    """Register a problem; ``values["solved_on_spot"]`` ends it at once.

    Returns ``(problem, created)``.

    ``values`` names enterprise, title and, where known, visit, description, category, urgency,
    source, contact and reported_at. Its clock starts when the enterprise reported it (domain.md
    §3): with the call, else with the visit it was reported in, else now; entering it late gives
    nobody more time. ``files`` and ``shown`` are as in take_step.
    """
    require_known(values["enterprise"], by)
    visit = values.get("visit")
    if visit is None and (not hasattr(by, "officer") or by.unit is None):
        raise NotAllowed(
            _(
                "Only an officer with a unit can report a problem. Ask the system administrator to enter you as one."
            )
        )
    if visit is not None and visit.enterprise_id != values["enterprise"].pk:
        raise Invalid(errors={"visit": [_("This visit was to another enterprise.")]})
    if (contact := values.get("contact")) is not None and contact.enterprise_id != values[
        "enterprise"
    ].pk:
        raise Invalid(errors={"contact": [_("This person belongs to another enterprise.")]})
    if sentence := fault_of_moment(values.get("reported_at")):
        raise Invalid(errors={"reported_at": [sentence]})

    def make(**identity: Any) -> Problem:
        officer, unit = (visit.officer, visit.unit) if visit else (by.officer, by.unit)
        problem = problem_begin(problem_from(values, officer=officer, unit=unit, **identity), by=by)
        if files is not None:
            files_take(form_uid=files, target=problem, by=by, shown=shown)
        return problem

    return create_once(Problem, uid=uid, payload=payload, by=by, make=make, verb="problem.register")


def fault_of_moment(moment: datetime.datetime | None) -> str:
    """What is wrong with the time of a report (None: now), as a sentence; empty when nothing is."""
    if moment is None:
        return ""
    now = timezone.now()
    if moment > now + datetime.timedelta(minutes=CLOCKS_DIFFER):
        return _("This time is in the future.")
    if moment < now - datetime.timedelta(days=OLDEST_REPORT):
        return _("This was more than a year ago. Please check the date.")
    return ""


def problem_begin(problem: Problem, *, by: User | None) -> Problem:
    """Save a new problem with the first step of its history.

    ``by`` is None where the enterprise itself reports.
    """
    validate(problem)
    problem.save()
    step = PROBLEMS.step(
        problem, "register", by=by, old_state="", unit_id=problem.unit_id, visit=problem.visit
    )
    tell_step(problem, PROBLEMS.write(step))
    if problem.visit_id:
        Visit.objects.filter(pk=problem.visit_id).update(
            problem_count=F("problem_count") + 1,
            facts_version=F("facts_version") + 1,
            updated_at=timezone.now(),
        )
    return problem


def problem_from(
    values: Mapping[str, Any], *, officer: Officer, unit: Unit | None, **identity: Any
) -> Problem:
    """An unsaved problem from plain values, with its reporter's unit frozen and its clock started."""
    values = dict(values)
    solved, visit, category = (
        values.pop("solved_on_spot", False),
        values.get("visit"),
        values.get("category"),
    )
    moment = values.get("reported_at") or (visit.started_at if visit else timezone.now())
    urgency = values.get("urgency") or Problem.Urgency.NORMAL
    values.setdefault("source", Source.VISIT if visit else Source.ENTERPRISE_PAGE)
    values.setdefault("is_police_matter", category.is_police_matter if category else True)
    due_at = due_moment(moment, urgency, category)
    return Problem(
        **values,
        **identity,
        officer=officer,
        unit=unit,
        dispatch_unit=unit,
        reported_on=timezone.localdate(moment),
        due_at=due_at,
        due_on=day_of(due_at),
        overdue_from=None if solved else due_at,
        state=State.SOLVED_ON_SPOT if solved else State.REGISTERED,
        proof=Proof.ON_SPOT if solved else Proof.NONE,
        handled_at=moment if solved else None,
        ended_on=timezone.localdate(moment) if solved else None,
    )


def problem_change(*, row: Problem, values: Mapping[str, Any], version: int, by: User) -> Problem:
    """Correct a problem's words, category or urgency as read in ``version``.

    The clock keeps its beginning; where urgency or category change its limit before anybody has
    answered, a step of its history says so.
    """
    values = {name: value for name, value in values.items() if name != "solved_on_spot"}
    urgency, category = values.get("urgency", row.urgency), values.get("category", row.category)
    started = row.reported_at or (row.visit.started_at if row.visit else row.created_at)
    # No extension, pause or plan has moved it.
    first = row.due_at == due_moment(started, row.urgency, row.category)
    moved = (
        first
        and row.state in State.LATE_POSSIBLE
        and (urgency, category) != (row.urgency, row.category)
    )
    if moved:
        due_at = due_moment(started, urgency, category)
        values |= {
            "due_at": due_at,
            "due_on": day_of(due_at),
            "overdue_from": due_at if row.overdue_from else None,
        }

    def also(problem: Problem) -> None:
        touch_visit(problem)
        if moved:
            PROBLEMS.write(PROBLEMS.step(problem, "change", by=by))

    return edit_version(row, values, version=version, by=by, also=also)
