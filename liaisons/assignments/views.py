"""The pages of assignments."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Missing, Refusal
from crm.pages.generic import Column, NounFormView, NounListView, PageView, row_or_missing
from liaisons.assignments.filters import AssignmentFilterSet
from liaisons.assignments.forms import AssignmentEndForm, AssignmentForm
from liaisons.assignments.services import assignment_begin, assignment_end
from liaisons.models import Assignment, Enterprise, KeyProject

TARGETS = {"enterprise": Enterprise, "project": KeyProject}


class AssignmentListView(NounListView):
    """All assignments in scope, the newest first."""

    model = Assignment
    filterset = AssignmentFilterSet
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

    def row_url(self, row):
        if row.ends_on is None and self.request.user.role in Assignment.roles_for["change"]:
            return reverse("assignment_end", args=[row.uid])
        return reverse(
            "enterprise_detail" if row.enterprise else "project_detail",
            args=[(row.enterprise or row.project).uid],
        )


class AssignmentCreateView(NounFormView):
    """Assign an officer to the enterprise or project whose page one came from."""

    model = Assignment
    action = "create"
    form_class = AssignmentForm
    title = gettext_lazy("Assign an officer")

    def dispatch(self, request, *args, **kwargs):
        self.kind, self.target_uid = kwargs.pop("target"), kwargs.pop("target_uid")
        return super().dispatch(request, *args, **kwargs)

    def target(self):
        if self.kind not in TARGETS:
            raise Missing()
        return row_or_missing(
            TARGETS[self.kind].objects.visible_to(self.request.user).select_related("unit"),
            uid=self.target_uid,
        )

    def get(self, request):
        return self.show(AssignmentForm(user=request.user, target=self.target()), None)

    def post(self, request):
        self.form_class = lambda *args, **kwargs: AssignmentForm(
            *args, target=self.target(), **kwargs
        )
        return super().post(request)

    def save(self, form, row):
        values = form.values() | {self.kind: self.target()}
        assignment, _created = assignment_begin(
            uid=form.cleaned_data["uid"],
            payload=self.payload(form),
            values=values,
            by=self.request.user,
        )
        return assignment

    def payload(self, form):
        return super().payload(form) | {self.kind: str(self.target_uid)}

    def done_url(self, row):
        return reverse(f"{self.kind}_detail", args=[self.target_uid])

    def more(self, form, row):
        return {"subtitle": str(self.target())}


class AssignmentEndView(PageView):
    """End an assignment."""

    model = Assignment
    action = "change"

    def get(self, request, uid):
        row = self.row(uid)
        return self.show(row, AssignmentEndForm(initial={"version": row.version}))

    def post(self, request, uid):
        row, form = self.row(uid), AssignmentEndForm(request.POST)
        if form.is_valid():
            try:
                assignment_end(row=row, **form.cleaned_data, by=request.user)
            except Refusal as refusal:
                form.add_error(
                    None,
                    "；".join(
                        s for errors in refusal.extra.get("errors", {}).values() for s in errors
                    )
                    or str(refusal),
                )
            else:
                return HttpResponseRedirect(self.back(row))
        return self.show(row, form, status=422)

    def row(self, uid):
        queryset = Assignment.objects.visible_to(self.request.user, "change").select_related(
            "officer", "enterprise", "project"
        )
        return row_or_missing(queryset, uid=uid)

    def back(self, row):
        target = row.enterprise or row.project
        return reverse(
            "enterprise_detail" if row.enterprise else "project_detail", args=[target.uid]
        )

    def show(self, row, form, status=200):
        context = {
            "form": form,
            "title": _("End the assignment"),
            "subtitle": str(row),
            "cancel_url": self.back(row),
            "submit_label": _("End"),
        }
        return render(self.request, "generic/form.html", context, status=status)
