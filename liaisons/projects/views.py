"""The pages of key projects."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import role_may
from crm.pages.generic import (
    Action,
    Column,
    NounChangeView,
    NounCreateView,
    NounDetailView,
    NounListView,
    Panel,
)
from liaisons.models import Assignment, KeyProject, may_call
from liaisons.officers.views import named
from liaisons.projects.filters import KeyProjectFilterSet
from liaisons.projects.forms import KeyProjectForm
from liaisons.projects.services import project_change, project_create


class ProjectListView(NounListView):
    """All key projects in scope."""

    model = KeyProject
    filterset_class = KeyProjectFilterSet
    name = "project_list"
    detail_name = "project_detail"
    create_name = "project_create"
    create_label = gettext_lazy("New key project")
    default_sort = "code"
    related = ("unit", "division", "enterprise")
    columns = (
        Column("code", gettext_lazy("Number"), lambda p: p.code, ("code",)),
        Column("name", gettext_lazy("Name"), lambda p: p.name, ("name",), main=True),
        Column("enterprise", gettext_lazy("Built by"), lambda p: p.enterprise.name),
        Column(
            "unit", gettext_lazy("Responsible unit"), lambda p: p.unit.short_name if p.unit else ""
        ),
        Column("stage", gettext_lazy("Stage"), lambda p: p.get_stage_display()),
        Column(
            "investment",
            gettext_lazy("Investment (10,000 yuan)"),
            lambda p: f"{p.investment:,.0f}" if p.investment else "",
            export=lambda p: p.investment,
            numeric=True,
        ),
        Column("due_on", gettext_lazy("To be finished by"), lambda p: p.due_on or ""),
    )


class ProjectDetailView(NounDetailView):
    """One key project."""

    model = KeyProject
    related = ("unit", "division", "enterprise")

    def subtitle(self, row: KeyProject) -> str:
        return row.code

    def badges(self, row: KeyProject) -> list[dict]:
        return [{"text": row.get_stage_display(), "color": "blue"}]

    def facts(self, row: KeyProject) -> list[tuple[str, object]]:
        serving = Assignment.objects.current().filter(project=row)
        officers = serving.select_related("officer", "officer__unit")
        investment = f"{row.investment:,.0f}" if row.investment is not None else ""
        return [
            (_("Built by"), row.enterprise),
            (_("Responsible unit"), row.unit),
            (_("Project officers"), "、".join(named(a.officer) for a in officers)),
            (_("Division"), row.division),
            (_("Site"), row.address),
            (_("Investment (10,000 yuan)"), investment),
            (_("Starts on"), row.starts_on),
            (_("To be finished by"), row.due_on),
        ]

    def actions(self, row: KeyProject) -> Iterator[Action]:
        if may_call(self.request.user):
            address = f"{reverse('visit_create', args=[row.enterprise.uid])}?project={row.uid}"
            yield Action(_("New visit"), address, icon="pencil-plus", primary=True)
        if self.may_change:
            yield Action(_("Edit"), reverse("project_change", args=[row.uid]), icon="edit")
        if role_may(self.request.user, "create", Assignment):
            yield Action(
                _("Assign an officer"),
                reverse("assignment_create", args=["project", row.uid]),
                icon="user-plus",
            )

    def panels(self, row: KeyProject) -> list[Panel]:
        return [Panel("visits", _("Last visits"), reverse("project_visits", args=[row.uid]))]


class ProjectCreateView(NounCreateView):
    model = KeyProject
    form_class = KeyProjectForm
    service = staticmethod(project_create)
    detail_name = "project_detail"
    title = gettext_lazy("New key project")


class ProjectChangeView(NounChangeView):
    model = KeyProject
    form_class = KeyProjectForm
    service = staticmethod(project_change)
    detail_name = "project_detail"
    title = gettext_lazy("Edit key project")
