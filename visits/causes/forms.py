"""The forms of common causes."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Unit
from crm.pages.forms import KeysMixin, NounForm
from liaisons.models import Officer
from visits.causes.proposals import Place
from visits.models import CommonCause, Problem
from visits.models.visits import NOTES_LIMIT

_LINES = forms.Textarea(attrs={"rows": 3})


class CauseForm(NounForm):
    """What a common cause is about, and who leads it.

    The lead officer is named by the police number.
    """

    lead_number = forms.CharField(
        label=gettext_lazy("Lead officer (police number)"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Empty: whoever manages the lead unit."),
    )

    class Meta:
        model = CommonCause
        fields = ["title", "description", "lead_unit"]

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.offer("lead_unit", Unit.objects.order_by("path"), Q(closed_on__isnull=True))
        self.fields["lead_unit"].label_from_instance = lambda unit: (
            f"{'　' * max(unit.level - 1, 0)}{unit.name}"
        )
        if self.instance.pk and self.instance.lead_officer_id:
            self.fields["lead_number"].initial = self.instance.lead_officer.police_number

    def clean_lead_number(self) -> Any:
        """The officer with this police number, None without one."""
        if self.unsent("lead_number"):
            return self.instance.lead_officer
        number = self.cleaned_data["lead_number"].strip()
        officer = (
            Officer.objects.visible_to(self.user)
            .filter(Q(left_on__isnull=True) | Q(pk=self.instance.lead_officer_id))
            .filter(police_number=number)
            .first()
            if number
            else None
        )
        if number and officer is None:
            raise forms.ValidationError(
                _("No officer has the number %(numbers)s."), params={"numbers": number}
            )
        return officer

    def values(self) -> dict[str, Any]:
        values = super().values()
        values["lead_officer"] = values.pop("lead_number")
        return values


class CauseFoundForm(CauseForm):
    """A new common cause with the problems that are joined at once, of those that were offered."""

    problems = forms.ModelMultipleChoiceField(
        None, to_field_name="uid", required=False, label=gettext_lazy("Problems")
    )
    why = forms.CharField(
        label=gettext_lazy("Why they are one matter"),
        max_length=2000,
        required=False,
        widget=_LINES,
        help_text=gettext_lazy("Stands in the history of each problem."),
    )

    def __init__(self, *args, offered=(), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problems"].queryset = Problem.objects.visible_to(self.user).filter(
            pk__in=[problem.pk for problem in offered]
        )


class JoinForm(KeysMixin, forms.Form):
    """Problems to be joined, of those that may be seen."""

    problems = forms.ModelMultipleChoiceField(
        None,
        to_field_name="uid",
        label=gettext_lazy("Problems"),
        error_messages={"required": gettext_lazy("Choose at least one problem.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why it is the same matter"),
        max_length=2000,
        required=False,
        widget=_LINES,
    )

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problems"].queryset = Problem.objects.visible_to(user)


class ChooseCauseForm(KeysMixin, forms.Form):
    """The common cause that a problem is joined to."""

    cause = forms.ModelChoiceField(
        None,
        to_field_name="uid",
        label=gettext_lazy("Common cause"),
        error_messages={"required": gettext_lazy("Choose a common cause.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why it is the same matter"),
        max_length=2000,
        required=False,
        widget=_LINES,
    )

    def __init__(self, *args, causes, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = causes


class WhyForm(forms.Form):
    """The reason for an act."""

    why = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=_LINES)


class SolveForm(forms.Form):
    """How the matter was solved; ``version`` is that of the cause as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    solution = forms.CharField(
        label=gettext_lazy("What was done (internal)"),
        max_length=NOTES_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Only the police read this."),
    )
    reply = forms.CharField(
        label=gettext_lazy("Reply to the enterprises"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Proposed as the answer to each joined problem, where it may still be changed."
        ),
    )


class PlaceForm(forms.Form):
    """Where problems must lie to be proposed as one matter."""

    place = forms.ChoiceField(label=gettext_lazy("Place"), choices=Place.choices)
