"""The audit log, for the audit administrator alone."""

from functools import cache
from typing import Any

import django_filters
from django.apps import apps
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from crm.models import AuditEvent
from crm.pages.filters import NounFilterSet
from crm.pages.generic import Column, NounListView
from crm.pages.widgets import DateInput

#: What the second half of a verb says; a verb that is not here is shown as it is kept.
ACTS = {
    "create": gettext_lazy("Created"),
    "change": gettext_lazy("Changed"),
    "delete": gettext_lazy("Deleted"),
    "end": gettext_lazy("Brought to an end"),
    "resume": gettext_lazy("Resumed"),
    "login": gettext_lazy("Logged in"),
    "logout": gettext_lazy("Logged out"),
    "locked": gettext_lazy("Locked"),
    "release": gettext_lazy("Released"),
    "move": gettext_lazy("Moved"),
    "role": gettext_lazy("Role changed"),
    "password": gettext_lazy("Password changed"),
    "first_password": gettext_lazy("First password given"),
    "issue": gettext_lazy("Issued"),
    "revoke": gettext_lazy("Revoked"),
    "order": gettext_lazy("Ordered"),
    "download": gettext_lazy("Downloaded"),
    "upload": gettext_lazy("Uploaded"),
    "commit": gettext_lazy("Imported"),
    "undo": gettext_lazy("Taken back"),
    "reveal": gettext_lazy("Revealed"),
    "enter": gettext_lazy("Entered"),
    "leave": gettext_lazy("Left"),
    "post": gettext_lazy("Posted"),
    "record": gettext_lazy("Recorded"),
    "register": gettext_lazy("Registered"),
    "withdraw": gettext_lazy("Withdrawn"),
    "photo": gettext_lazy("Photo added"),
    "heal": gettext_lazy("Mended"),
}


def act_of(event) -> Any:
    """An event's act in words, with the verb as it is kept."""
    words = ACTS.get(event.verb.rpartition(".")[2])
    return f"{words} · {event.verb}" if words else event.verb


@cache
def kinds() -> list:
    """The nouns as choices: those whose rows have roles, by their names in the
    language asked for.
    """
    return [
        (model._meta.model_name, model._meta.verbose_name)
        for model in apps.get_models()
        if hasattr(model, "roles_for")
    ]


def kind_of(event) -> Any:
    """The noun of an event in words."""
    return dict(kinds()).get(event.noun, event.noun)


class AuditFilterSet(NounFilterSet):
    """``person`` is a part of the name or the police number."""

    person = django_filters.CharFilter("actor_name", "icontains", label=gettext_lazy("Person"))
    act = django_filters.ChoiceFilter(
        field_name="verb", choices=list(ACTS.items()), label=gettext_lazy("Act"), method="of_act"
    )
    noun = django_filters.ChoiceFilter(choices=kinds, label=gettext_lazy("Object kind"))
    object_uid = django_filters.CharFilter("object_uid", label=gettext_lazy("Object"))
    day_from = django_filters.DateFilter(
        "at", "date__gte", label=gettext_lazy("Day from"), widget=DateInput
    )
    day_to = django_filters.DateFilter(
        "at", "date__lte", label=gettext_lazy("Day to"), widget=DateInput
    )
    failed = django_filters.BooleanFilter(
        "ok",
        exclude=True,
        label=gettext_lazy("Failed"),
        widget=django_filters.widgets.BooleanWidget,
    )

    class Meta:
        model = AuditEvent
        fields = []

    def of_act(self, queryset, name, act) -> Any:
        """Events whose verb ends with the act, whatever it was done to."""
        return queryset.filter(verb__endswith=f".{act}")


class AuditListView(NounListView):
    """Every act of every person, the newest first."""

    model = AuditEvent
    filterset_class = AuditFilterSet
    name = "audit_list"
    default_sort = "-at"
    columns = (
        Column(
            "at",
            gettext_lazy("Time"),
            lambda e: date_format(timezone.localtime(e.at), "Y-m-d H:i:s"),
            ("at",),
        ),
        Column("actor", gettext_lazy("Person"), lambda e: e.actor_name, main=True),
        Column("verb", gettext_lazy("Act"), act_of, export=lambda e: e.verb),
        Column("noun", gettext_lazy("Object kind"), kind_of, export=lambda e: e.noun),
        Column("object", gettext_lazy("Object"), lambda e: e.object_uid, muted=True),
        Column("ok", gettext_lazy("Succeeded"), lambda e: e.ok),
        Column("address", gettext_lazy("Network address"), lambda e: e.address, muted=True),
    )
