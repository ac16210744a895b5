"""What the page of a problem says of it in words."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from visits.models.problems import Pause, Source, State
from visits.problems.clocks import day_of
from visits.problems.workflow.engine import TABLE


def how_it_came(row) -> str:
    """How it came; of a call also who called, masked, and when."""
    called = f"{row.contact.masked_name} {row.contact.job_title}".strip() if row.contact else ""
    at = (
        date_format(timezone.localtime(row.reported_at), "Y-m-d H:i")
        if row.source == Source.PHONE and row.reported_at
        else ""
    )
    return " · ".join(filter(None, (row.get_source_display(), called, at)))


def where_it_has_any(row) -> list[tuple[str, Any]]:
    """Facts that most problems have not, or not yet."""
    facts = [
        (_("Planned for"), row.planned_for),
        (_("Body outside the police"), row.outside_body),
        (_("Ended on"), row.ended_on),
    ]
    if row.ended_on:
        facts.append((_("Proof"), row.get_proof_display()))
    return [fact for fact in facts if fact[1]]


def files_of(files, steps) -> dict[str, list]:
    """Give each step its files; returns those that came with the report."""
    for step in steps:
        step.files = [file for file in files if file.step_id == step.pk]
    return {"report_files": [file for file in files if file.step_id is None]}


def told_steps(steps) -> list:
    """The steps with what the page says of each: its words, who took it, its detail, and the day
    due where it moved.
    """
    told, due_at = list(steps), None
    for step in told:
        row = TABLE.get(step.verb)
        step.label = row.label if row else OTHER_STEPS.get(step.verb, step.verb)
        step.who = (
            step.by.name
            if step.by
            else _("the enterprise")
            if step.verb in OF_THE_ENTERPRISE
            else _("the system")
        )
        changed = step.old_state != step.new_state and step.get_new_state_display() != step.label
        step.reached = step.get_new_state_display() if changed else ""
        step.moved_to = day_of(step.due_at) if step.due_at and step.due_at != due_at else None
        due_at = step.due_at
        step.said = DETAILS[step.verb](step.detail) if step.detail and step.verb in DETAILS else ""
    return told


#: What the page makes of a step's detail.
DETAILS = {
    "ask_extension": lambda day: _("Extension asked until %(day)s") % {"day": day},
    "pause": lambda reason: Pause(reason).label,
    "pass_outside": str,
}


#: Steps without a person that the enterprise took through the portal.
OF_THE_ENTERPRISE = {"confirm", "dispute", "register"}
#: Steps that are no row of the table: the beginning, a correction, a helping unit's part.
OTHER_STEPS = {
    "register": gettext_lazy("Registered"),
    "change": gettext_lazy("Corrected"),
    "help": gettext_lazy("A helping unit has answered"),
    "join_cause": gettext_lazy("Joined to a common cause"),
    "leave_cause": gettext_lazy("Taken out of a common cause"),
    "attach": gettext_lazy("Files added"),
}


def waits_for(row) -> str:
    """In words: who is to do what next; empty when it has ended."""
    if row.ended_on:
        return ""
    unit, lead = row.dispatch_unit, row.lead_unit
    names = {"unit": unit.name if unit else "—", "lead": lead.name if lead else "—"}
    if row.paused_at:
        return _("The clock is paused (%(reason)s) until %(unit)s lets it run on.") % {
            **names,
            "reason": row.get_pause_reason_display(),
        }
    if row.extension_until:
        return _("Waits for %(unit)s to decide on the extension that was asked for.") % names
    sentences = {
        State.REGISTERED: _("Waits for %(unit)s to accept it."),
        State.ACCEPTED: _("Waits for %(unit)s to assign it."),
        State.RETURNED: _("Was returned; waits for %(unit)s to assign it anew."),
        State.ASSIGNED: _("Waits for %(lead)s to acknowledge it."),
        State.ACKNOWLEDGED: _("Waits for %(lead)s to begin."),
        State.IN_PROGRESS: _("%(lead)s is at work on it."),
        State.PLANNED: _("%(lead)s has it planned for later."),
        State.OUTSIDE: _("Was passed outside; %(lead)s asks there and answers the enterprise."),
        State.ANSWERED: _("Answered; waits for %(unit)s to review the answer."),
        State.UNDER_REVIEW: _("%(unit)s reviews the answer."),
        State.FOLLOW_UP: _("Waits for the enterprise to confirm it, or for a visit to verify it."),
    }
    return sentences[row.state] % names


def in_question(verb, row) -> list[tuple[str, Any]]:
    """What whoever takes the step ``verb`` decides on or works from: pairs of a heading and a text,
    none of them empty.
    """
    if verb in OF_AN_EXTENSION:
        asked = row.steps.filter(verb="ask_extension").order_by("-position").first()
        told = [
            (
                _("Extension asked until %(day)s") % {"day": row.extension_until},
                asked.why if asked else "—",
            )
        ]
    elif row.state in State.HANDLED or row.state in (State.ANSWERED, State.UNDER_REVIEW):
        told = [
            (_("What was done (internal)"), row.result),
            (_("Reply to the enterprise"), row.reply),
        ]
    else:
        told = [(_("Details"), row.description)]
    return [(heading, text) for heading, text in told if text]


#: The steps that decide on an extension.
OF_AN_EXTENSION = ("grant_extension", "refuse_extension")


def due_in_words(row) -> str:
    day = date_format(row.due_on, "Y-m-d")
    if row.due_at and timezone.localtime(row.due_at).time() != datetime.time():
        day = date_format(timezone.localtime(row.due_at), "Y-m-d H:i")
    return (
        day
        if WorkingCalendar().is_known(row.due_on)
        else _("%(day)s (the calendar of that year is not published yet)") % {"day": day}
    )
