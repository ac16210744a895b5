"""The rows of a preview in words."""

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from crm.models import Unit
from liaisons.models import Enterprise
from visits.models import Problem, ProblemCategory
from visits.models.limits import Urgency


def tell_rows(rows, user) -> None:
    """Give each row of a page ``facts`` (what it holds, as it was understood) and, once it is a
    problem, its ``url``.
    """
    enterprises = _names(Enterprise.objects.visible_to(user), rows, "enterprise_id")
    units, categories = (
        _names(Unit.objects, rows, "unit_id"),
        _names(ProblemCategory.objects, rows, "category_id"),
    )
    uids = [row.problem_uid for row in rows if row.problem_uid]
    there = set(Problem.objects.visible_to(user).filter(uid__in=uids).values_list("uid", flat=True))
    for row in rows:
        values = row.values
        when = _when(values.get("reported_at"))
        unit = units.get(values.get("unit_id"))
        told = (
            enterprises.get(values.get("enterprise_id")),
            categories.get(values.get("category_id")),
            values.get("urgency") and Urgency(values["urgency"]).label,
            when,
            unit and f"→ {unit}",
        )
        row.name = values.get("title") or row.name
        row.facts = [fact for fact in told if fact]
        row.url = (
            reverse("problem_detail", args=[row.problem_uid]) if row.problem_uid in there else ""
        )


def _when(text) -> str:
    """A moment as it was written: of one without a time of day only the day."""
    if not text:
        return ""
    moment = timezone.localtime(datetime.datetime.fromisoformat(text))
    return date_format(moment, "Y-m-d H:i" if moment.time() != datetime.time() else "Y-m-d")


def _names(queryset, rows, name) -> dict:
    keys = {row.values[name] for row in rows if row.values.get(name)}
    return dict(queryset.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
