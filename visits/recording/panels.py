"""Parts of other apps' pages that this app fills."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.generic import RowView
from crm.text.words import shortened
from liaisons.assignments.panels import SHOWN, TablePanel
from liaisons.models import Enterprise, KeyProject, Officer
from visits.models import Problem, Visit
from visits.recording.calls import lately_called


class EnterpriseCallsPanel(RowView):
    """Who called lately or plans to, so that an enterprise is not disturbed twice."""

    of, model = Enterprise, Visit
    template_name = "recording/calls.html"

    def get_context_data(self, **kwargs: object) -> dict:
        calls = lately_called(self.object)
        return super().get_context_data(calls=calls, days=settings.QUIET_DAYS, **kwargs)


class VisitsPanel(TablePanel):
    """The last visits to (or of) the row that the page is about."""

    model = Visit
    parameter, key = "", "uid"

    heads = (
        gettext_lazy("Day"),
        gettext_lazy("Kind"),
        gettext_lazy("Unit"),
        gettext_lazy("Officer"),
        gettext_lazy("Notes"),
    )
    empty_text = gettext_lazy("No visit yet.")

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        visits = Visit.objects.visible_to(self.request.user).filter(
            withdrawn_at__isnull=True, **{self.parameter: row}
        )
        for v in visits.select_related("unit", "officer").order_by("-held_on", "-pk")[:SHOWN]:
            cells = (
                v.held_on,
                v.get_kind_display(),
                v.unit.short_name,
                v.officer.name,
                shortened(v.notes, 60),
            )
            yield reverse("visit_detail", args=[v.uid]), cells

    def more_url(self, row: Model) -> str:
        return f"{reverse('visit_list')}?{self.parameter}={getattr(row, self.key)}"


class EnterpriseVisitsPanel(VisitsPanel):
    of, parameter = Enterprise, "enterprise"


class ProjectVisitsPanel(VisitsPanel):
    of, parameter = KeyProject, "project"


class OfficerVisitsPanel(VisitsPanel):
    of, parameter, key = Officer, "officer", "police_number"


class EnterpriseProblemsPanel(TablePanel):
    """The open problems of an enterprise."""

    of, model = Enterprise, Problem

    heads = (gettext_lazy("Problem"), gettext_lazy("State"), gettext_lazy("Due on"))
    empty_text = gettext_lazy("No open problem.")

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        problems = Problem.objects.visible_to(self.request.user).filter(
            enterprise=row, ended_on__isnull=True
        )
        for p in problems.order_by("due_on", "pk")[:SHOWN]:
            due = f"{p.due_on} {_('overdue')}" if p.is_overdue else p.due_on
            yield reverse("problem_detail", args=[p.uid]), (p.title, p.get_state_display(), due)

    def more_url(self, row: Model) -> str:
        return f"{reverse('problem_list')}?enterprise={row.uid}"
