"""Parts of other apps' pages that this app fills."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.pages.generic import PageView, row_or_missing
from crm.text.words import shortened
from liaisons.assignments.panels import SHOWN, TablePanel
from liaisons.models import Enterprise, KeyProject, Officer
from visits.models import Problem, Visit
from visits.recording.calls import lately_called


class EnterpriseCallsPanel(PageView):
    """Who called lately or plans to, so that an enterprise is not disturbed twice."""

    model = Visit

    def get(self, request, uid):
        enterprise = row_or_missing(Enterprise.objects.visible_to(request.user), uid=uid)
        context = {"calls": lately_called(enterprise), "days": settings.QUIET_DAYS}
        return render(request, "recording/calls.html", context)


class VisitsPanel(TablePanel):
    """The last visits to (or of) the row that the page is about."""

    model = Visit
    parameter, key = "", "uid"

    @property
    def heads(self):
        return (_("Day"), _("Kind"), _("Unit"), _("Officer"), _("Notes"))

    @property
    def empty_text(self):
        return _("No visit yet.")

    def rows_of(self, row):
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

    def more_url(self, row):
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

    @property
    def heads(self):
        return (_("Problem"), _("State"), _("Due on"))

    @property
    def empty_text(self):
        return _("No open problem.")

    def rows_of(self, row):
        problems = Problem.objects.visible_to(self.request.user).filter(
            enterprise=row, ended_on__isnull=True
        )
        for p in problems.order_by("due_on", "pk")[:SHOWN]:
            due = f"{p.due_on} {_('overdue')}" if p.is_overdue else p.due_on
            yield reverse("problem_detail", args=[p.uid]), (p.title, p.get_state_display(), due)

    def more_url(self, row):
        return f"{reverse('problem_list')}?enterprise={row.uid}"
