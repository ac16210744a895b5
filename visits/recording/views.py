"""The pages of visits: the list, and one of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.generic import Action, Column, NounDetailView, NounListView
from crm.text.words import shortened
from visits.models import Photo, Problem, Visit
from visits.recording.filters import VisitFilterSet


class VisitListView(NounListView):
    """All visits in scope, the newest first."""

    model = Visit
    filterset_class = VisitFilterSet
    name = "visit_list"
    detail_name = "visit_detail"
    default_sort = "-held_on"
    related = ("enterprise", "officer", "unit")
    empty_text = gettext_lazy("No visit matches these filters.")
    columns = (
        Column("held_on", gettext_lazy("Day"), lambda v: v.held_on, ("held_on",)),
        Column("enterprise", gettext_lazy("Enterprise"), lambda v: v.enterprise.name, main=True),
        Column("kind", gettext_lazy("Kind"), lambda v: v.get_kind_display()),
        Column("unit", gettext_lazy("Unit"), lambda v: v.unit.short_name),
        Column("officer", gettext_lazy("Officer"), lambda v: v.officer.name),
        Column(
            "problems",
            gettext_lazy("Problems"),
            lambda v: v.problem_count or "",
            export=lambda v: v.problem_count,
            numeric=True,
        ),
        Column(
            "notes",
            gettext_lazy("Notes"),
            lambda v: shortened(v.notes, 60),
            export=lambda v: v.notes,
            muted=True,
        ),
    )


class VisitDetailView(NounDetailView):
    """One visit with its problems and photos."""

    model = Visit
    template_name = "recording/visit_detail.html"
    related = ("enterprise", "officer", "unit", "project", "campaign", "contact")

    def subtitle(self, row: Visit) -> str:
        return " · ".join(
            (_("Service visit"), row.get_kind_display(), date_format(row.held_on, "Y-m-d"))
        )

    def badges(self, row: Visit) -> Iterator[dict]:
        if row.withdrawn_at:
            yield {
                "text": _("Withdrawn: %(reason)s") % {"reason": row.withdrawn_reason},
                "color": "red",
            }

    def facts(self, row: Visit) -> list[tuple[str, object]]:
        began, ended = (
            timezone.localtime(row.started_at),
            row.ended_at and timezone.localtime(row.ended_at),
        )
        time = date_format(began, "Y-m-d H:i") + (
            f" – {date_format(ended, 'H:i')}" if ended else ""
        )
        return [
            (_("Time"), time),
            (_("Unit at the time"), row.unit),
            (_("Officer"), row.officer),
            (_("Companions"), "、".join(officer.name for officer in row.companions.all())),
            (
                _("Interviewee"),
                f"{row.contact.masked_name} {row.contact.job_title}" if row.contact else "",
            ),
            (_("Key project"), row.project),
            (_("Campaign"), row.campaign),
            (_("Topics"), "、".join(topic.name for topic in row.topics.all())),
            (_("Services given"), "、".join(service.name for service in row.services.all())),
            (_("Next contact"), row.next_contact_on),
            (_("Administrative action code (issued elsewhere)"), row.outside_code),
        ]

    def actions(self, row: Visit) -> Iterator[Action]:
        yield Action(
            _("PDF summary"),
            f"{reverse('summary_order')}?visit={row.uid}",
            icon="file-text",
            primary=True,
        )
        if not row.withdrawn_at and self.may_change:
            yield Action(_("Edit"), reverse("visit_change", args=[row.uid]), icon="edit")
            yield Action(
                _("Add a problem"),
                f"{reverse('problem_create', args=[row.enterprise.uid])}?visit={row.uid}",
                icon="plus",
            )
            yield Action(_("Withdraw"), reverse("visit_withdraw", args=[row.uid]), icon="trash")

    def get_context_data(self, **kwargs: object) -> dict:
        row = self.object
        problems = (
            Problem.objects.visible_to(self.request.user)
            .filter(visit=row)
            .select_related("category")
            .order_by("pk")
        )
        return super().get_context_data(
            problems=problems,
            photos=Photo.objects.visible_to(self.request.user).filter(visit=row),
            enterprise_url=reverse("enterprise_detail", args=[row.enterprise.uid]),
            may_add_photos=not row.withdrawn_at and self.may_change,
            **kwargs,
        )
