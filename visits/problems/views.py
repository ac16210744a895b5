"""The pages of problems: the list, and one of them."""

import uuid
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.models import Unit
from crm.pages.generic import Action, Column, NounDetailView, NounListView
from liaisons.officers.views import named
from visits.attachments.documents import ACCEPT
from visits.models import Attachment, Problem
from visits.models.problems import State
from visits.problems.attaching import may_attach
from visits.problems.clocks import day_of
from visits.problems.filters import ProblemFilterSet
from visits.problems.presentation import (
    due_in_words,
    files_of,
    how_it_came,
    told_steps,
    waits_for,
    where_it_has_any,
)
from visits.problems.step_views import RELATED
from visits.problems.workflow import user_in
from visits.problems.workflow.engine import possible_steps


def _on_its_way(problem: Problem) -> str:
    """The reporting unit, and behind an arrow the handling one where that is another."""
    lead = problem.lead_unit if problem.lead_unit_id != problem.unit_id else None
    return f"{problem.unit.short_name} → {lead.short_name}" if lead else problem.unit.short_name


class ProblemListView(NounListView):
    """All problems in scope, the newest first."""

    model = Problem
    filterset_class = ProblemFilterSet
    name = "problem_list"
    detail_name = "problem_detail"
    default_sort = "-reported_on"
    related = ("enterprise", "unit", "category", "lead_unit")
    tabs = (
        (gettext_lazy("All"), {}),
        (gettext_lazy("Mine"), {"mine": "1"}),
        (gettext_lazy("My unit's"), {"in_hand": "1"}),
        (gettext_lazy("Overdue"), {"overdue": "1"}),
        (gettext_lazy("Supervised"), {"supervised": "1"}),
        (gettext_lazy("To confirm"), {"state": "follow_up"}),
        (gettext_lazy("Returned"), {"state": "returned"}),
    )
    empty_text = gettext_lazy("No problem matches these filters.")
    columns = (
        Column("title", gettext_lazy("Problem"), lambda p: p.title, main=True),
        Column("enterprise", gettext_lazy("Enterprise"), lambda p: p.enterprise.name),
        Column(
            "category", gettext_lazy("Category"), lambda p: p.category.name if p.category else ""
        ),
        Column("urgency", gettext_lazy("Urgency"), lambda p: p.get_urgency_display()),
        Column("state", gettext_lazy("State"), lambda p: p.get_state_display()),
        Column(
            "reported_on", gettext_lazy("Reported on"), lambda p: p.reported_on, ("reported_on",)
        ),
        Column(
            "due_on",
            gettext_lazy("Due on"),
            lambda p: f"{p.due_on} {_('overdue')}" if p.is_overdue else p.due_on,
            ("due_on",),
            export=lambda p: p.due_on,
        ),
        Column("unit", gettext_lazy("Reporting unit"), _on_its_way, muted=True),
    )

    def row_class(self, row: Problem) -> str:
        return "is-overdue" if row.is_overdue else ""

    def get_context_data(self, **kwargs: object) -> dict:
        """The ledger beside the plain export.

        Managers may also accept and assign several at once.
        """
        context = super().get_context_data(**kwargs) | {
            "export_more": [{"label": _("Ledger (Excel)"), "url": reverse("problem_ledger")}],
            "links": [
                {
                    "label": _("When is it due?"),
                    "url": reverse("problem_due"),
                    "icon": "calendar-time",
                }
            ],
        }
        scope = Scope.of(self.request.user)
        return context | self.for_managers(scope) if scope.manages else context

    def for_managers(self, scope: Scope) -> dict:
        units = (
            Unit.objects.filter(pk__in=scope.managed_units, closed_on__isnull=True)
            .order_by("path")
            .values_list("pk", "short_name")
        )
        return {
            "bulk_template": "problems/problem_bulk.html",
            "bulk_units": units,
            "create_url": reverse("problem_import_list"),
            "create_label": _("Import problems"),
        }


class ProblemDetailView(NounDetailView):
    """One problem: where it stands, what may be done next and by whom, and its whole history."""

    model = Problem
    related = (*RELATED, "visit", "contact")
    template_name = "problems/problem_detail.html"

    def subtitle(self, row: Problem) -> str:
        return row.enterprise.name

    def badges(self, row: Problem) -> Iterator[dict]:
        yield {
            "text": row.get_state_display(),
            "color": "green" if row.is_solved else "gray" if row.ended_on else "blue",
        }
        if row.is_overdue:
            yield {"text": _("overdue"), "color": "red"}
        if row.paused_at:
            yield {
                "text": _("Paused: %(reason)s") % {"reason": row.get_pause_reason_display()},
                "color": "yellow",
            }
        if row.extension_until:
            yield {
                "text": _("Extension asked until %(day)s") % {"day": row.extension_until},
                "color": "yellow",
            }
        if row.repeats:
            yield {
                "text": _("Reported %(count)d times more") % {"count": row.repeats},
                "color": "yellow",
            }
        if row.redone:
            yield {"text": _("Redone %(count)d times") % {"count": row.redone}, "color": "yellow"}
        if row.supervised_no:
            yield {"text": row.supervised_no, "color": "red"}

    def facts(self, row: Problem) -> list[tuple[str, object]]:
        return [
            (_("Problem number"), row.number),
            (_("Category"), row.category),
            (_("Urgency"), row.get_urgency_display()),
            (_("How it came"), how_it_came(row)),
            (_("Police matter"), _("yes") if row.is_police_matter else _("no")),
            (_("Reported on"), row.reported_on),
            (_("Reported by"), named(row.officer, unit=row.unit)),
            (_("Dispatching unit"), row.dispatch_unit),
            (_("Handling unit"), row.lead_unit),
            (_("Handler"), row.handler),
            (_("Due on"), due_in_words(row)),
            *where_it_has_any(row),
        ]

    def actions(self, row: Problem) -> Iterator[Action]:
        steps = possible_steps(row, self.request.user)
        for step in sorted(steps, key=lambda step: not step.main):
            yield Action(
                step.label,
                reverse("problem_step", args=[row.uid, step.name]),
                icon=step.icon,
                primary=step.main,
            )
        yield Action(
            _("Enterprise"),
            reverse("enterprise_detail", args=[row.enterprise.uid]),
            icon="building",
        )
        if row.visit:
            yield Action(
                _("Visit"), reverse("visit_detail", args=[row.visit.uid]), icon="clipboard-text"
            )
        if self.may_change:
            yield Action(_("Edit"), reverse("problem_change", args=[row.uid]), icon="edit")

    def get_context_data(self, **kwargs: object) -> dict:
        row = self.object
        tasks = list(row.tasks.select_related("unit", "answered_by").order_by("pk"))
        for task in tasks:
            task.due_day = day_of(task.due_at)
            task.mine = (
                user_in(self.request.user, task.unit_id) and row.state in State.LATE_POSSIBLE
            )
        files = list(Attachment.objects.visible_to(self.request.user).filter(problem=row))
        steps = told_steps(
            row.steps.select_related("by", "unit", "to_unit", "visit").order_by("position")
        )
        return super().get_context_data(
            steps=steps,
            tasks=tasks,
            waits_for=waits_for(row),
            may_attach=may_attach(self.request.user, row),
            files_of=uuid.uuid4(),
            accept=ACCEPT,
            **files_of(files, steps),
            **kwargs,
        )
