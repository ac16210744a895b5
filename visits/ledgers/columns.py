"""The columns that a ledger of problems can have, in their customary order."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from visits.ledgers.cells import (
    accepted_on,
    day_shown,
    first_category,
    followed_up,
    late,
    moved,
    rating,
    second_category,
    solved,
)
from visits.ledgers.table import LedgerColumn
from visits.models import Feedback, ProblemStep, ProblemTask
from visits.problems.clocks import days_late
from visits.reporting.figures import terms


def _tasks() -> Prefetch:
    return Prefetch(
        "tasks", ProblemTask.objects.select_related("unit").order_by("pk"), "ledger_tasks"
    )


def _feedback() -> Prefetch:
    return Prefetch("feedback", Feedback.objects.order_by("at", "pk"), "ledger_feedback")


def _steps() -> Prefetch:
    told = ProblemStep.objects.filter(verb__in=("accept", "grant_extension", "pause", "resume"))
    return Prefetch("steps", told.order_by("position"), "ledger_steps")


_DAY = 14
_c = LedgerColumn
COLUMNS = {
    column.key: column
    for column in (
        _c("number", gettext_lazy("Problem number"), lambda p, c: p.number, 10, usual=True),
        _c(
            "enterprise",
            gettext_lazy("Enterprise's name"),
            lambda p, c: p.enterprise.name,
            18,
            usual=True,
            centred=False,
        ),
        _c(
            "credit_code",
            gettext_lazy("Credit code"),
            lambda p, c: p.enterprise.credit_code,
            20,
            related=("enterprise",),
        ),
        _c(
            "division",
            gettext_lazy("County"),
            lambda p, c: p.enterprise.division and p.enterprise.division.name,
            8,
            usual=True,
            related=("enterprise__division",),
        ),
        _c(
            "source", gettext_lazy("Source of the problem"), lambda p, c: p.get_source_display(), 12
        ),
        _c(
            "reported_on",
            gettext_lazy("Day reported"),
            lambda p, c: p.reported_on,
            _DAY,
            usual=True,
        ),
        _c(
            "title",
            gettext_lazy("Problem's title"),
            lambda p, c: p.title,
            22,
            usual=True,
            centred=False,
        ),
        _c(
            "description",
            gettext_lazy("Details of the problem"),
            lambda p, c: p.description,
            40,
            centred=False,
        ),
        _c(
            "first_category",
            gettext_lazy("First category"),
            first_category,
            9,
            usual=True,
            related=("category__parent",),
        ),
        _c(
            "category",
            gettext_lazy("Second category"),
            second_category,
            9,
            related=("category__parent",),
        ),
        _c("urgency", gettext_lazy("Urgency"), lambda p, c: p.get_urgency_display(), 8),
        _c("police", gettext_lazy("Police matter"), lambda p, c: p.is_police_matter, 8),
        _c(
            "officer",
            gettext_lazy("Visiting officer"),
            lambda p, c: p.officer.name,
            10,
            related=("officer",),
        ),
        _c(
            "unit",
            gettext_lazy("Reporting unit"),
            lambda p, c: p.unit.short_name,
            14,
            related=("unit",),
        ),
        _c(
            "lead_unit",
            gettext_lazy("Unit in charge"),
            lambda p, c: p.lead_unit and p.lead_unit.short_name,
            10,
            usual=True,
            related=("lead_unit",),
        ),
        _c(
            "helpers",
            gettext_lazy("Helping units"),
            lambda p, c: "、".join(t.unit.short_name for t in p.ledger_tasks),
            16,
            fetched=_tasks,
        ),
        _c(
            "handler",
            gettext_lazy("Handler"),
            lambda p, c: p.handler and p.handler.name,
            8,
            usual=True,
            related=("handler",),
        ),
        _c("accepted_on", gettext_lazy("Accepted on"), accepted_on, _DAY, fetched=_steps),
        _c("assigned_on", gettext_lazy("Assigned on"), lambda p, c: day_shown(p.assigned_at), _DAY),
        _c("due_on", gettext_lazy("Handling limit"), lambda p, c: p.due_on, _DAY, usual=True),
        _c(
            "state",
            gettext_lazy("State of handling"),
            lambda p, c: p.get_state_display(),
            8,
            usual=True,
            terms=(terms.HANDLED,),
        ),
        _c(
            "result",
            gettext_lazy("What was done"),
            lambda p, c: p.result,
            28,
            usual=True,
            centred=False,
        ),
        _c("reply", gettext_lazy("Reply"), lambda p, c: p.reply, 28, centred=False),
        _c(
            "handled_on",
            gettext_lazy("Handled on"),
            lambda p, c: day_shown(p.handled_at),
            _DAY,
            usual=True,
            terms=(terms.HANDLED,),
        ),
        _c(
            "late",
            gettext_lazy("Overdue?"),
            late,
            6,
            usual=True,
            terms=(terms.IN_TIME, terms.OVERDUE),
        ),
        _c(
            "days_late",
            gettext_lazy("Days overdue"),
            lambda p, c: days_late(p, c.calendar, c.now) or None,
            6,
            terms=(terms.OVERDUE, terms.DAYS_LATE),
        ),
        _c(
            "moved",
            gettext_lazy("Extension or pause"),
            moved,
            20,
            centred=False,
            fetched=_steps,
            terms=(terms.PAUSED,),
        ),
        _c("supervised_no", gettext_lazy("Supervision order"), lambda p, c: p.supervised_no, 16),
        _c(
            "follow_up",
            gettext_lazy("How it was followed up"),
            followed_up,
            12,
            fetched=_feedback,
        ),
        _c(
            "rating",
            gettext_lazy("Rating"),
            rating,
            6,
            usual=True,
            fetched=_feedback,
            terms=(terms.RATING,),
        ),
        _c("solved", gettext_lazy("Solved?"), solved, 9, usual=True, terms=(terms.SOLVED,)),
        _c("redone", gettext_lazy("Times redone"), lambda p, c: p.redone, 6),
        _c("ended_on", gettext_lazy("Closed on"), lambda p, c: p.ended_on, _DAY),
        _c("remark", gettext_lazy("Remark"), lambda p, c: "", 9, usual=True),
    )
}

USUAL = [column.key for column in COLUMNS.values() if column.usual]
