"""The audit log, for the audit administrator alone."""

import django_filters
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from crm.filters import NounFilterSet
from crm.models import AuditEvent
from crm.views.base import Column, NounListView
from crm.widgets import DateInput


class AuditFilterSet(NounFilterSet):
    """``person`` is a part of the name or the police number."""

    person = django_filters.CharFilter("actor_name", "icontains", label=gettext_lazy("Person"))
    verb = django_filters.CharFilter("verb", "startswith", label=gettext_lazy("Act"))
    noun = django_filters.CharFilter("noun", label=gettext_lazy("Object kind"))
    object_uid = django_filters.CharFilter("object_uid", label=gettext_lazy("Object"))
    day_from = django_filters.DateFilter("at", "date__gte", label=gettext_lazy("Day from"), widget=DateInput)
    day_to = django_filters.DateFilter("at", "date__lte", label=gettext_lazy("Day to"), widget=DateInput)
    failed = django_filters.BooleanFilter("ok", exclude=True, label=gettext_lazy("Failed"), widget=django_filters.widgets.BooleanWidget)

    class Meta:
        model = AuditEvent
        fields = []


class AuditListView(NounListView):
    """Every act of every person, the newest first."""

    model = AuditEvent
    filterset = AuditFilterSet
    name = "audit_list"
    default_sort = "-at"
    columns = (
        Column("at", gettext_lazy("Time"), lambda e: date_format(timezone.localtime(e.at), "Y-m-d H:i:s"), ("at",)),
        Column("actor", gettext_lazy("Person"), lambda e: e.actor_name, main=True),
        Column("verb", gettext_lazy("Act"), lambda e: e.verb),
        Column("noun", gettext_lazy("Object kind"), lambda e: e.noun),
        Column("object", gettext_lazy("Object"), lambda e: e.object_uid, muted=True),
        Column("ok", gettext_lazy("Succeeded"), lambda e: e.ok),
        Column("address", gettext_lazy("Network address"), lambda e: e.address, muted=True),
    )
