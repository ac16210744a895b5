"""The pages of assignments."""

from functools import cached_property

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.errors import Missing, Refusal
from crm.pages.generic import Column, NounCreateView, NounListView, RowFormView, row_or_missing
from liaisons.assignments.filters import AssignmentFilterSet
from liaisons.assignments.forms import AssignmentEndForm, AssignmentForm
from liaisons.assignments.services import assignment_begin, assignment_end
from liaisons.models import Assignment, Enterprise, KeyProject

TARGETS = {"enterprise": Enterprise, "project": KeyProject}


class AssignmentListView(NounListView):
    """All assignments in scope, the newest first."""

    model = Assignment
    filterset_class = AssignmentFilterSet
    name = "assignment_list"
    default_sort = "-starts_on"
    related = ("officer", "officer__unit", "enterprise", "project")
    columns = (
        Column(
            "target",
            gettext_lazy("Enterprise or project"),
            lambda a: str(a.enterprise or a.project),
            main=True,
        ),
        Column("officer", gettext_lazy("Officer"), lambda a: a.officer.name),
        Column("unit", gettext_lazy("Unit"), lambda a: a.officer.unit.short_name),
        Column("part", gettext_lazy("Part"), lambda a: a.get_part_display()),
        Column("starts_on", gettext_lazy("From"), lambda a: a.starts_on, ("starts_on",)),
        Column("ends_on", gettext_lazy("Until"), lambda a: a.ends_on or ""),
    )

    def row_url(self, row: Assignment) -> str:
        if row.ends_on is None and self.request.user.role in Assignment.roles_for["change"]:
            return reverse("assignment_end", args=[row.uid])
        return target_address(row)


def target_address(assignment: Assignment) -> str:
    """The page of the enterprise or project that an assignment is about."""
    if assignment.enterprise:
        return reverse("enterprise_detail", args=[assignment.enterprise.uid])
    return reverse("project_detail", args=[assignment.project.uid])


class AssignmentCreateView(NounCreateView):
    """Assign an officer to the enterprise or project whose page one came from."""

    model = Assignment
    form_class = AssignmentForm
    service = staticmethod(assignment_begin)
    title = gettext_lazy("Assign an officer")

    @cached_property
    def target(self) -> Enterprise | KeyProject:
        """The enterprise or project of the address."""
        kind, uid = self.kwargs["target"], self.kwargs["target_uid"]
        if kind not in TARGETS:
            raise Missing()
        rows = TARGETS[kind].objects.visible_to(self.request.user).select_related("unit")
        return row_or_missing(rows, uid=uid)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"target": self.target}

    def get_payload(self, form: AssignmentForm) -> dict:
        return super().get_payload(form) | {self.kwargs["target"]: str(self.target.uid)}

    def get_service_kwargs(self, form: AssignmentForm) -> dict:
        values = form.values() | {self.kwargs["target"]: self.target}
        return super().get_service_kwargs(form) | {"values": values}

    def get_success_url(self) -> str:
        return reverse(f"{self.kwargs['target']}_detail", args=[self.target.uid])

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(subtitle=str(self.target), **kwargs)


class AssignmentEndView(RowFormView):
    """End an assignment."""

    model = Assignment
    related = ("officer", "enterprise", "project")
    form_class = AssignmentEndForm
    title = gettext_lazy("End the assignment")
    submit_label = gettext_lazy("End")

    def get_initial(self) -> dict:
        return {"version": self.object.version}

    def perform(self, form: AssignmentEndForm) -> None:
        assignment_end(row=self.object, **form.cleaned_data, by=self.request.user)

    def form_refused(self, form: AssignmentEndForm, refusal: Refusal) -> HttpResponse:
        form.add_error(None, refusal.reasons())
        return self.form_invalid(form)

    def get_success_url(self) -> str:
        return target_address(self.object)

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(subtitle=str(self.object), **kwargs)
