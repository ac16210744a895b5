"""Who is told of what happens to a problem: whoever has to do the next thing, or waits for it.

Never who did it.

``tell_step`` follows each step (visits.problems.workflow.engine); the limits are watched by
visits.problems.deadlines.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.notices.people import People
from crm.notices.services import Kind, kinds, notice_for, subjects, tell
from visits.models import Problem, ProblemTask
from visits.problems.clocks import day_of

subjects.add(Problem)
kinds.add(
    Kind("problem.registered", _("New: accept it"), "message-plus"),
    Kind("problem.assigned", _("Assigned to your unit"), "send"),
    Kind("problem.help", _("Your unit is asked to help"), "users-plus"),
    Kind("problem.helped", _("A helping unit has answered"), "users"),
    Kind("problem.returned", _("Returned: assign it anew"), "arrow-back-up"),
    Kind("problem.raised", _("Raised to your unit"), "arrow-up"),
    Kind("problem.answered", _("Answered: review it"), "message-check"),
    Kind("problem.more_time", _("An extension is asked for"), "calendar-plus"),
    Kind("problem.decided", _("The extension was decided"), "calendar-check"),
    Kind("problem.sent_back", _("Sent back for more work"), "arrow-back"),
    Kind("problem.redone", _("To be redone"), "refresh", grave=True),
    Kind("problem.supervised", _("Put under supervision"), "urgent", grave=True),
    Kind("problem.closed", _("Closed"), "circle-check"),
    Kind("problem.withdrawn", _("Withdrawn"), "trash"),
    Kind("problem.silent", _("The enterprise did not answer"), "clock-off"),
    Kind("problem.warning", _("Nearly due"), "clock-exclamation", lasting=True),
    Kind("problem.overdue", _("Overdue"), "alarm", grave=True, lasting=True),
    Kind("problem.escalated", _("Overdue for long"), "alert-triangle", grave=True, lasting=True),
    Kind(
        "problem.part_warning",
        _("Your unit's part is nearly due"),
        "clock-exclamation",
        lasting=True,
    ),
    Kind(
        "problem.part_overdue",
        _("A helping unit's part is overdue"),
        "alarm",
        grave=True,
        lasting=True,
    ),
    Kind(
        "problem.part_escalated",
        _("A helping unit's part is overdue for long"),
        "alert-triangle",
        grave=True,
        lasting=True,
    ),
)

#: Verb → the kind of notice and who gets it: "lead" and "dispatch" are those who answer for these
#: units.
TOLD = {
    "register": ("problem.registered", ("dispatch", "reporter")),
    "assign": ("problem.assigned", ("lead",)),
    "plan": ("problem.assigned", ("lead",)),
    "pass_outside": ("problem.assigned", ("lead",)),
    "give_back": ("problem.returned", ("dispatch",)),
    "raise": ("problem.raised", ("dispatch",)),
    "answer": ("problem.answered", ("dispatch",)),
    "ask_extension": ("problem.more_time", ("dispatch",)),
    "grant_extension": ("problem.decided", ("handler", "lead")),
    "refuse_extension": ("problem.decided", ("handler", "lead")),
    "send_back": ("problem.sent_back", ("handler", "lead")),
    "take_back": ("problem.sent_back", ("handler", "lead")),
    "dispute": ("problem.redone", ("handler", "lead")),
    "reopen": ("problem.redone", ("handler", "lead")),
    "supervise": ("problem.supervised", ("handler", "lead")),
    "confirm": ("problem.closed", ("reporter", "handler")),
    "verify": ("problem.closed", ("reporter", "handler")),
    "solve_on_spot": ("problem.closed", ("reporter",)),
    "withdraw": ("problem.withdrawn", ("reporter", "handler")),
    "fall_silent": ("problem.silent", ("reporter",)),
    "help": ("problem.helped", ("handler", "lead")),
}


def tell_step(problem, step) -> None:
    """Tell of a step that was just taken.

    Call in its transaction, with the problem as it is after the step.
    """
    kind, groups = TOLD.get(step.verb, (None, ()))
    if kind is None or (step.verb == "register" and problem.ended_on):
        return
    helpers = []
    if step.verb == "assign":
        helpers = [
            task.unit
            for task in ProblemTask.objects.filter(
                problem=problem, answered_at__isnull=True
            ).select_related("unit")
        ]
    people = People(
        {unit for unit in (problem.lead_unit, problem.dispatch_unit, *helpers) if unit is not None}
    )
    told = {person: kind for group in groups for person in _group(group, problem, people)} | {
        person: "problem.help" for unit in helpers for person in people.managing(unit)
    }
    told.pop(step.by_id, None)
    if step.verb == "assign" and kind not in told.values() and problem.lead_unit is not None:
        # Who assigns to the own unit tells those who may take it up.
        told |= {
            person: kind for person in people.serving(problem.lead_unit) if person != step.by_id
        }
    key = f"problem:{problem.uid}:step:{step.position}"
    tell(notice_about(problem, person, what, key) for person, what in told.items())


def _group(name, problem, people) -> Any:
    if name == "reporter":
        return [problem.officer_id]
    if name == "handler":
        return [problem.handler_id] if problem.handler_id else []
    unit = problem.lead_unit if name == "lead" else problem.dispatch_unit
    return people.managing(unit) if unit is not None else []


def notice_about(problem, person, kind, key, due_at=None) -> Any:
    """A notice for a person about a problem, with the enterprise in its title and the day of a
    limit.
    """
    title = f"{problem.title} · {problem.enterprise.name}"
    day = day_of(due_at or problem.due_at) if due_at or problem.due_at else None
    path = reverse("problem_detail", args=[problem.uid])
    return notice_for(person, kind, title, path, key=key, about=problem, day=day)
