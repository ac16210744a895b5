"""The pages of problems."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.views.base import (
    Action,
    Column,
    NounDetailView,
    NounFormView,
    NounListView,
    row_or_missing,
)
from liaisons.models import Enterprise
from liaisons.views.officers import named
from visits.filters import ProblemFilterSet
from visits.forms.problems import ProblemForm
from visits.models import Problem, Visit
from visits.transitions.problems import problem_change, problem_register


class ProblemListView(NounListView):
    """All problems in scope, the newest first."""

    model = Problem
    filterset = ProblemFilterSet
    name = "problem_list"
    detail_name = "problem_detail"
    default_sort = "-reported_on"
    related = ("enterprise", "unit", "category")
    empty_text = gettext_lazy("No problem matches these filters.")
    columns = (
        Column("title", gettext_lazy("Problem"), lambda p: p.title, main=True),
        Column("enterprise", gettext_lazy("Enterprise"), lambda p: p.enterprise.name),
        Column("category", gettext_lazy("Category"), lambda p: p.category.name if p.category else ""),
        Column("urgency", gettext_lazy("Urgency"), lambda p: p.get_urgency_display()),
        Column("state", gettext_lazy("State"), lambda p: p.get_state_display()),
        Column("reported_on", gettext_lazy("Reported on"), lambda p: p.reported_on, ("reported_on",)),
        Column("due_on", gettext_lazy("Due on"), lambda p: f"{p.due_on} {_('overdue')}" if p.is_overdue else p.due_on,
               ("due_on",), export=lambda p: p.due_on),
        Column("unit", gettext_lazy("Unit at the time"), lambda p: p.unit.short_name, muted=True),
    )  # fmt: skip

    def row_class(self, row):
        return "is-overdue" if row.is_overdue else ""


class ProblemDetailView(NounDetailView):
    """One problem."""

    model = Problem
    related = ("enterprise", "unit", "officer", "category", "visit")
    template = "visits/problem_detail.html"

    def subtitle(self, row):
        return row.enterprise.name

    def badges(self, row):
        yield {"text": row.get_state_display(), "color": "green" if row.ended_on else "blue"}
        if row.is_overdue:
            yield {"text": _("overdue"), "color": "red"}

    def facts(self, row):
        return [
            (_("Category"), row.category),
            (_("Urgency"), row.get_urgency_display()),
            (_("Reported on"), row.reported_on),
            (_("Reported by"), named(row.officer, unit=row.unit)),
            (_("Due on"), row.due_on),
            (_("Ended on"), row.ended_on),
        ]

    def actions(self, row):
        yield Action(_("Enterprise"), reverse("enterprise_detail", args=[row.enterprise.uid]), icon="building")
        if row.visit:
            yield Action(_("Visit"), reverse("visit_detail", args=[row.visit.uid]), icon="clipboard-text")
        if self.may("change", row):
            yield Action(_("Edit"), reverse("problem_change", args=[row.uid]), icon="edit")


class ProblemCreateView(NounFormView):
    """Report a problem of an enterprise, within a visit (``?visit=``) or by itself."""

    model = Problem
    action = "create"
    form_class = ProblemForm
    detail_name = "problem_detail"
    title = gettext_lazy("Report a problem")

    def row_for(self, request, **kwargs):
        self.enterprise = row_or_missing(Enterprise.objects.visible_to(request.user), uid=kwargs["uid"])
        self.visit = None
        if request.GET.get("visit"):
            visits = Visit.objects.visible_to(request.user, "change").select_related("officer", "unit")
            self.visit = row_or_missing(visits.filter(enterprise=self.enterprise), uid=request.GET["visit"])

    def save(self, form, row):
        problem, _created = problem_register(
            uid=form.cleaned_data["uid"], payload=self.payload(form), by=self.request.user,
            values=form.values() | {"enterprise": self.enterprise, "visit": self.visit},
        )  # fmt: skip
        return problem

    def payload(self, form):
        return super().payload(form) | {"enterprise": str(self.enterprise.uid), "visit": str(self.visit and self.visit.uid)}

    def more(self, form, row):
        return {"subtitle": str(self.enterprise), "cancel_url": reverse("enterprise_detail", args=[self.enterprise.uid])}


class ProblemChangeView(NounFormView):
    model = Problem
    action = "change"
    form_class = ProblemForm
    detail_name = "problem_detail"
    title = gettext_lazy("Edit problem")

    def save(self, form, row):
        return problem_change(row=row, values=form.values(), version=form.cleaned_data["version"], by=self.request.user)
