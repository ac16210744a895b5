"""The pages of enterprises."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.db.scope import role_may
from crm.models import User
from crm.pages.generic import (
    Action,
    Column,
    NounChangeView,
    NounCreateView,
    NounDetailView,
    NounListView,
    Panel,
)
from liaisons.enterprises.filters import EnterpriseFilterSet
from liaisons.enterprises.forms import EnterpriseForm
from liaisons.enterprises.services import enterprise_change, enterprise_create
from liaisons.models import Assignment, Enterprise, may_call
from liaisons.officers.views import named


def waiting_text(enterprise) -> str:
    """How long ago the last visit was, as a person says it."""
    if enterprise.last_visit_on is None:
        return _("never")
    days = (timezone.localdate() - enterprise.last_visit_on).days
    return (
        _("today")
        if days <= 0
        else ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    )


def capital_of(enterprise) -> Any:
    """The registered capital with its currency, or the words that a register had for it."""
    if enterprise.capital is None:
        return enterprise.capital_text
    amount = f"{enterprise.capital:,.2f}".removesuffix(".00")
    if enterprise.capital_currency == "CNY":
        return _("CNY %(amount)s") % {"amount": amount}
    return f"{amount} {enterprise.get_capital_currency_display()}".strip()


class EnterpriseListView(NounListView):
    """All enterprises in scope."""

    model = Enterprise
    filterset_class = EnterpriseFilterSet
    name = "enterprise_list"
    detail_name = "enterprise_detail"
    create_name = "enterprise_create"
    create_label = gettext_lazy("New enterprise")
    default_sort = "name"
    related = ("unit", "division", "industry")
    empty_text = gettext_lazy(
        "No enterprise matches. Try two characters of its name, or fewer filters."
    )
    columns = (
        Column("name", gettext_lazy("Name"), lambda e: e.name, ("name",), main=True),
        Column(
            "credit_code", gettext_lazy("Credit code"), lambda e: e.credit_code or "", muted=True
        ),
        Column(
            "unit", gettext_lazy("Responsible unit"), lambda e: e.unit.short_name if e.unit else ""
        ),
        Column("officer", gettext_lazy("Officer"), lambda e: lead_of(e)),
        Column(
            "division", gettext_lazy("Division"), lambda e: e.division.name if e.division else ""
        ),
        Column(
            "industry",
            gettext_lazy("Industry"),
            lambda e: e.industry.name if e.industry else "",
            muted=True,
        ),
        Column("status", gettext_lazy("Status"), lambda e: e.get_status_display()),
        Column(
            "waiting",
            gettext_lazy("Last visit"),
            waiting_text,
            ("waiting_since",),
            export=lambda e: e.last_visit_on,
        ),
    )

    @classmethod
    def rows_for(cls, user: User) -> QuerySet:
        leads = (
            Assignment.objects.current().filter(part=Assignment.Part.LEAD).select_related("officer")
        )
        return (
            super()
            .rows_for(user)
            .prefetch_related(Prefetch("assignments", queryset=leads, to_attr="leads"))
        )


def lead_of(enterprise) -> Any:
    """The names of the lead officers of a row of the list."""
    return "、".join(assignment.officer.name for assignment in enterprise.leads)


class EnterpriseDetailView(NounDetailView):
    """One enterprise; what happened there comes from the visits' feature by address."""

    model = Enterprise
    related = ("unit", "division", "industry")

    def subtitle(self, row: Enterprise) -> str:
        return row.credit_code or _("no credit code")

    def badges(self, row: Enterprise) -> Iterator[dict]:
        yield {
            "text": row.get_status_display(),
            "color": "green" if row.status == Enterprise.Status.ACTIVE else "secondary",
        }
        if row.above_scale:
            yield {"text": _("Above designated size"), "color": "blue"}
        yield {
            "text": _("Last visit: %(when)s") % {"when": waiting_text(row)},
            "color": "azure" if row.last_visit_on else "orange",
        }

    def facts(self, row: Enterprise) -> list[tuple[str, object]]:
        serving = Assignment.objects.current().filter(enterprise=row)
        officers = serving.select_related("officer", "officer__unit").order_by("-part", "pk")
        return [
            (_("Responsible unit"), row.unit),
            (_("Officers"), "、".join(named(a.officer, a.get_part_display()) for a in officers)),
            (_("Division"), row.division),
            (_("Industry"), row.industry),
            (_("Address"), row.address),
            (_("Founded on"), row.founded_on),
            (_("Registered capital"), capital_of(row)),
            (_("Employees"), row.employees),
        ]

    def actions(self, row: Enterprise) -> Iterator[Action]:
        if may_call(self.request.user):
            yield Action(
                _("New visit"),
                reverse("visit_create", args=[row.uid]),
                icon="pencil-plus",
                primary=True,
            )
            report = reverse("problem_create", args=[row.uid])
            yield Action(_("Report a problem"), report, icon="message-report")
            yield Action(_("Report from a telephone call"), f"{report}?source=phone", icon="phone")
        if self.may_change:
            yield Action(_("Edit"), reverse("enterprise_change", args=[row.uid]), icon="edit")
            yield Action(
                _("Link for the enterprise to report"),
                reverse("enterprise_link", args=[row.uid]),
                icon="qrcode",
            )
        if role_may(self.request.user, "create", Assignment):
            yield Action(
                _("Assign an officer"),
                reverse("assignment_create", args=["enterprise", row.uid]),
                icon="user-plus",
            )
        yield Action(
            _("Visit summaries"),
            f"{reverse('summary_order')}?enterprise={row.uid}",
            icon="file-text",
        )

    def panels(self, row: Enterprise) -> list[Panel]:
        def panel(key: str, title: str, address: str) -> Panel:
            return Panel(key, title, reverse(address, args=[row.uid]))

        return [
            panel("calls", _("Who called lately"), "enterprise_calls"),
            panel("contacts", _("Contacts"), "contact_panel"),
            panel("problems", _("Open problems"), "enterprise_problems"),
            panel("links", _("Links for the enterprise to report"), "enterprise_links"),
            panel("visits", _("Last visits"), "enterprise_visits"),
            panel("projects", _("Key projects"), "enterprise_projects"),
            panel("assignments", _("Assignments"), "enterprise_assignments"),
        ]


class EnterpriseCreateView(NounCreateView):
    model = Enterprise
    form_class = EnterpriseForm
    service = staticmethod(enterprise_create)
    detail_name = "enterprise_detail"
    title = gettext_lazy("New enterprise")


class EnterpriseChangeView(NounChangeView):
    model = Enterprise
    form_class = EnterpriseForm
    service = staticmethod(enterprise_change)
    detail_name = "enterprise_detail"
    title = gettext_lazy("Edit enterprise")
