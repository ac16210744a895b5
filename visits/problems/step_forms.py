"""The form for one step of a problem: the fields that the step's row of the table names."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Unit
from crm.pages.forms import KeysMixin
from crm.pages.widgets import DateInput, DateTimeInput
from visits.models import ProblemCategory, Visit
from visits.models.limits import Urgency
from visits.models.problems import Pause
from visits.models.visits import NOTES_LIMIT
from visits.problems.forms import category_choices

#: Visits that may verify, the newest first; an older one is no verification of today.
SHOWN_VISITS = 30
#: Years for which a due day is worked out; beyond what Python knows of there is none.
EARLIEST, LATEST = 2000, 2100


def units_by_bureau(near) -> list[tuple]:
    """The units that work today as choices grouped by bureau: that of the unit ``near`` first, and
    in it that unit itself.

    A city has hundreds of units, and most problems stay in the bureau that dispatches them.
    """
    groups, homes = {}, {}
    for unit in (
        Unit.objects.filter(closed_on__isnull=True).order_by("path").only("name", "path", "kind")
    ):
        # The root and the bureau, or the department, below it.
        top = "/".join(unit.path.split("/")[:3])
        if unit.kind in Unit.Kind.BUREAUX:
            homes[top] = unit.name
        group = homes.get(top) or next(iter(homes.values()), unit.name)
        groups.setdefault(group, []).append((unit.pk, unit.name))
    own = next(
        (
            name
            for name, units in groups.items()
            if near is not None and (near.pk, near.name) in units
        ),
        None,
    )
    if own is not None:
        groups[own].sort(key=lambda unit: unit[0] != near.pk)
    return sorted(groups.items(), key=lambda group: group[0] != own)


def _unit(problem, user) -> Any:
    field = forms.ModelChoiceField(
        Unit.objects.filter(closed_on__isnull=True), label=_("Handling unit")
    )
    field.choices = [("", _("– choose –")), *units_by_bureau(problem.dispatch_unit)]
    return field


def _helpers(problem, user) -> Any:
    field = forms.ModelMultipleChoiceField(
        Unit.objects.filter(closed_on__isnull=True),
        label=_("Units that help"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Several may be chosen; each has a limit of its own."),
    )
    field.choices = units_by_bureau(problem.dispatch_unit)
    return field


def _until(problem, user) -> Any:
    return forms.DateField(
        label=_("To be solved by"),
        widget=DateInput,
        help_text=_("Later than the limit as it stands."),
    )


def _result(problem, user) -> Any:
    return forms.CharField(
        label=_("What was done (internal)"),
        max_length=NOTES_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        initial=problem.result,
        help_text=_("Only the police read this."),
    )


def _reply(problem, user) -> Any:
    return forms.CharField(
        label=_("Reply to the enterprise"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        initial=problem.reply,
        help_text=_("The enterprise reads this, and nothing else."),
    )


def _reason(problem, user) -> Any:
    return forms.ChoiceField(label=_("Reason"), choices=[("", _("– choose –")), *Pause.choices])


def _body(problem, user) -> Any:
    return forms.CharField(label=_("Body outside the police"), max_length=100)


def _visit(problem, user) -> Any:
    since = Visit.objects.visible_to(user).filter(
        enterprise=problem.enterprise_id,
        started_at__gte=problem.handled_at,
        withdrawn_at__isnull=True,
        kind__in=Visit.Kind.VISITS,
    )
    newest = since.order_by("-held_on", "-pk").values("pk")[:SHOWN_VISITS]
    field = forms.ModelChoiceField(
        Visit.objects.visible_to(user)
        .filter(pk__in=newest)
        .select_related("officer")
        .order_by("-held_on", "-pk"),
        label=_("Visit that saw it solved"),
        to_field_name="uid",
        help_text=_("A visit in person since the answer. There is none? Record it first."),
    )
    field.label_from_instance = lambda visit: (
        f"{visit.held_on} {visit.get_kind_display()} {visit.officer.name}"
    )
    return field


MAKERS = {
    "unit": _unit,
    "helpers": _helpers,
    "until": _until,
    "result": _result,
    "reply": _reply,
    "reason": _reason,
    "body": _body,
    "visit": _visit,
}


class StepForm(KeysMixin, forms.Form):
    """One step: its own fields and why it is taken.

    ``version`` is that of the problem as it was shown.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, row, problem, user, **kwargs) -> None:
        """``row`` is the step's row of the table (visits.problems.workflow.engine)."""
        super().__init__(*args, **kwargs)
        self.row = row
        for name in row.fields:
            self.fields[name] = MAKERS[name](problem, user)
        self.fields["version"].initial = problem.version
        self.fields["why"].required = row.needs_why
        if not row.needs_why:
            self.fields["why"].label = _("Remark")
        self.order_fields(["version", *row.fields, "why"])

    def values(self) -> dict:
        """What the verb takes."""
        return {name: self.cleaned_data[name] for name in ("why", *self.row.fields)}


class HelpForm(KeysMixin, forms.Form):
    """What a helping unit did."""

    answer = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=NOTES_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class DueForm(KeysMixin, forms.Form):
    """What a due day hangs on."""

    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL
    )
    category = forms.ModelChoiceField(
        ProblemCategory.objects.filter(retired=False),
        label=gettext_lazy("Category"),
        required=False,
    )
    start = forms.DateTimeField(
        label=gettext_lazy("Reported at"),
        required=False,
        widget=DateTimeInput,
        help_text=gettext_lazy("Empty: now."),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [
            ("", _("No category in particular")),
            *category_choices()[1:],
        ]

    def clean_start(self) -> Any:
        """A moment around which days can be counted."""
        start = self.cleaned_data["start"]
        if start and not EARLIEST <= timezone.localtime(start).year <= LATEST:
            raise forms.ValidationError(
                _("Choose a year from %(first)d to %(last)d."),
                params={"first": EARLIEST, "last": LATEST},
            )
        return start
