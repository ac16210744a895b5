"""Parts of detail pages that this app fills."""

from collections.abc import Iterator

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.pages.generic import RowView
from liaisons.enterprises.views import waiting_text
from liaisons.models import Assignment, Enterprise, KeyProject, Officer

SHOWN = 10


def _line(columns: list[dict], url: str, values: tuple) -> dict:
    """A line of the table, which leads to ``url``."""
    pairs = zip(columns, values, strict=True)
    return {"url": url, "cells": [column | {"value": value} for column, value in pairs]}


class TablePanel(RowView):
    """A short table: ``rows_of(row)`` gives up to SHOWN lines of ``(address, cells)``."""

    template_name = "generic/fragment_table.html"
    heads = ()
    empty_text = ""

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        raise NotImplementedError

    def more_url(self, row: Model) -> str:
        return ""

    def get_context_data(self, **kwargs: object) -> dict:
        columns = [
            {"key": str(number), "label": head, "main": number == 0}
            for number, head in enumerate(self.heads)
        ]
        return super().get_context_data(
            columns=columns,
            rows=[_line(columns, url, values) for url, values in self.rows_of(self.object)],
            more_url=self.more_url(self.object),
            empty_text=self.empty_text,
            **kwargs,
        )


class EnterpriseProjectsPanel(TablePanel):
    of, model = Enterprise, KeyProject

    heads = (_("Name"), _("Stage"))
    empty_text = _("No key project.")

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        for project in (
            KeyProject.objects.visible_to(self.request.user)
            .filter(enterprise=row)
            .order_by("name")[:SHOWN]
        ):
            yield (
                reverse("project_detail", args=[project.uid]),
                (project.name, project.get_stage_display()),
            )


class EnterpriseAssignmentsPanel(TablePanel):
    of, model = Enterprise, Assignment

    heads = (_("Officer"), _("Part"), _("From"), _("Until"))
    empty_text = _("Nobody has been assigned yet.")

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        rows = (
            Assignment.objects.visible_to(self.request.user)
            .filter(enterprise=row)
            .select_related("officer")
            .order_by("-starts_on", "-pk")
        )
        for a in rows[:SHOWN]:
            yield (
                reverse("officer_detail", args=[a.officer.uid]),
                (a.officer.name, a.get_part_display(), a.starts_on, a.ends_on or ""),
            )


class OfficerEnterprisesPanel(TablePanel):
    of, model = Officer, Enterprise

    heads = (_("Name"), _("Last visit"))
    empty_text = _("This officer serves no enterprise that you may see.")

    def rows_of(self, row: Model) -> Iterator[tuple[str, tuple]]:
        served = (
            Assignment.objects.current()
            .filter(officer=row, enterprise__isnull=False)
            .values("enterprise")
        )
        rows = (
            Enterprise.objects.visible_to(self.request.user)
            .filter(pk__in=served)
            .order_by("waiting_since", "pk")
        )
        for enterprise in rows[:SHOWN]:
            yield (
                reverse("enterprise_detail", args=[enterprise.uid]),
                (enterprise.name, waiting_text(enterprise)),
            )

    def more_url(self, row: Model) -> str:
        return f"{reverse('enterprise_list')}?officer={row.police_number}"
