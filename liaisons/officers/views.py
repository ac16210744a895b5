"""The pages of officers."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm.models import Role
from crm.pages.generic import Action, Column, NounDetailView, NounListView, Panel
from liaisons.models import Officer
from liaisons.officers.filters import OfficerFilterSet


def named(officer, *about, unit=None) -> str:
    """An officer's name with what is told ``about`` them and the unit (their own): 项琴芸（主责，柳市派出所）."""
    told = pgettext("between parts of a list", ", ").join(
        (*about, (unit or officer.unit).short_name)
    )
    return _("%(name)s (%(about)s)") % {"name": officer.name, "about": told}


class OfficerListView(NounListView):
    """All officers."""

    model = Officer
    filterset_class = OfficerFilterSet
    name = "officer_list"
    detail_name = "officer_detail"
    default_sort = "name"
    related = ("unit",)
    columns = (
        Column("name", gettext_lazy("Person's name"), lambda o: o.name, ("name",), main=True),
        Column(
            "police_number",
            gettext_lazy("Police number"),
            lambda o: o.police_number,
            ("police_number",),
        ),
        Column("unit", gettext_lazy("Unit"), lambda o: o.unit.name),
        Column("tier", gettext_lazy("Tier"), lambda o: o.get_tier_display()),
        Column("kind", gettext_lazy("Kind"), lambda o: o.get_kind_display()),
        Column("work_phone", gettext_lazy("Work phone"), lambda o: o.work_phone, muted=True),
    )


class OfficerDetailView(NounDetailView):
    """One officer, the postings, and the enterprises served."""

    model = Officer
    related = ("unit",)

    def subtitle(self, row: Officer) -> str:
        return f"{row.police_number} · {row.unit.name}"

    def badges(self, row: Officer) -> Iterator[dict]:
        yield {"text": row.get_tier_display(), "color": "blue"}
        if row.left_on:
            yield {"text": _("left on %(day)s") % {"day": row.left_on}, "color": "secondary"}

    def facts(self, row: Officer) -> list[tuple[str, object]]:
        postings, now = row.postings.select_related("unit").order_by("-starts_on"), _("now")
        return [
            (_("Unit"), row.unit),
            (_("Kind"), row.get_kind_display()),
            (_("Work phone"), row.work_phone),
            (
                _("Postings"),
                "；".join(
                    f"{p.unit.short_name} {p.starts_on} – {p.ends_on or now}" for p in postings
                ),
            ),
        ]

    def actions(self, row: Officer) -> Iterator[Action]:
        if self.request.user.role in Role.BUSINESS:
            yield Action(
                _("Visit summaries"),
                f"{reverse('summary_order')}?officer={row.uid}",
                icon="file-text",
            )

    def panels(self, row: Officer) -> list[Panel]:
        return [
            Panel(
                "enterprises",
                _("Enterprises served"),
                reverse("officer_enterprises", args=[row.uid]),
            ),
            Panel("visits", _("Last visits"), reverse("officer_visits", args=[row.uid])),
        ]
