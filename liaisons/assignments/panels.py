"""Parts of detail pages that this app fills."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.pages.generic import PageView, row_or_missing
from liaisons.enterprises.views import waiting_text
from liaisons.models import Assignment, Enterprise, KeyProject, Officer

SHOWN = 10


class TablePanel(PageView):
    """A short table: ``rows_of(row)`` gives up to SHOWN lines of ``(address, cells)``."""

    of = None
    model = None
    heads = ()
    empty_text = ""

    def get(self, request, uid):
        row = row_or_missing(self.of.objects.visible_to(request.user), uid=uid)
        columns = [
            {"key": str(number), "label": head, "main": number == 0}
            for number, head in enumerate(self.heads)
        ]
        lines = [
            {
                "url": url,
                "cells": [
                    column | {"value": value} for column, value in zip(columns, cells, strict=True)
                ],
            }
            for url, cells in self.rows_of(row)
        ]
        context = {
            "columns": columns,
            "rows": lines,
            "more_url": self.more_url(row),
            "empty_text": self.empty_text,
        }
        return render(request, "generic/fragment_table.html", context)

    def more_url(self, row):
        return ""


class EnterpriseProjectsPanel(TablePanel):
    of, model = Enterprise, KeyProject

    @property
    def heads(self):
        return (_("Name"), _("Stage"))

    @property
    def empty_text(self):
        return _("No key project.")

    def rows_of(self, row):
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

    @property
    def heads(self):
        return (_("Officer"), _("Part"), _("From"), _("Until"))

    @property
    def empty_text(self):
        return _("Nobody has been assigned yet.")

    def rows_of(self, row):
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

    @property
    def heads(self):
        return (_("Name"), _("Last visit"))

    @property
    def empty_text(self):
        return _("This officer serves no enterprise that you may see.")

    def rows_of(self, row):
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

    def more_url(self, row):
        return f"{reverse('enterprise_list')}?officer={row.police_number}"
