"""The form for a visit and the lines of its problems."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.forms import KeysMixin, NounForm
from crm.pages.widgets import DateInput, DateTimeInput
from liaisons.models import Contact, KeyProject, Officer
from liaisons.models.enterprises import phone_validator
from visits.models import Campaign, Problem, ProblemCategory, ServiceItem, Topic, Visit
from visits.models.dictionaries import offered
from visits.models.visits import NOTES_LIMIT
from visits.problems.forms import asks_for_similar

#: Fields that the browser fills in at the moment of sending: a second pressing may send others, and
#: is still the same.
NOT_TYPED = ("latitude", "longitude", "version")


class VisitForm(NounForm):
    """What an officer types into a telephone: few fields that must be filled, much that may be."""

    other_companions = forms.CharField(
        label=gettext_lazy("Others, by police number"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Parted by spaces or commas."),
    )
    contact_name = forms.CharField(
        label=gettext_lazy("Person's name"), required=False, max_length=40
    )
    contact_job_title = forms.CharField(
        label=gettext_lazy("Job title"), required=False, max_length=40
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Work phone"),
        required=False,
        max_length=20,
        validators=[phone_validator],
    )

    class Meta:
        model = Visit
        fields = [
            "kind",
            "started_at",
            "ended_at",
            "project",
            "companions",
            "campaign",
            "contact",
            "topics",
            "services",
            "notes",
            "next_contact_on",
            "outside_code",
            "latitude",
            "longitude",
        ]
        labels = {
            "latitude": gettext_lazy("latitude (WGS-84)"),
            "longitude": gettext_lazy("longitude (WGS-84)"),
        }
        widgets = {
            "kind": forms.RadioSelect,
            "started_at": DateTimeInput,
            "ended_at": DateTimeInput,
            "next_contact_on": DateInput,
            "companions": forms.CheckboxSelectMultiple,
            "topics": forms.CheckboxSelectMultiple,
            "services": forms.CheckboxSelectMultiple,
            "notes": forms.Textarea(attrs={"rows": 5, "data-limit": NOTES_LIMIT}),
            "latitude": forms.HiddenInput,
            "longitude": forms.HiddenInput,
        }

    def __init__(self, *args, user, enterprise, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.enterprise = enterprise
        day = self.instance.held_on or timezone.localdate()
        colleagues = (
            Officer.objects.visible_to(user)
            .filter(unit=user.unit, left_on__isnull=True)
            .exclude(pk=user.pk)
        )
        if self.instance.pk:
            colleagues = (
                colleagues | Officer.objects.visible_to(user).filter(accompanied=self.instance)
            ).distinct()
        self.fields["companions"].queryset = colleagues.order_by("name")
        contacts = Contact.objects.visible_to(user).filter(enterprise=enterprise)
        self.offer("contact", contacts.order_by("-is_main", "pk"), Q(left_on__isnull=True))
        self.fields["contact"].label_from_instance = lambda contact: (
            f"{contact.masked_name} {contact.job_title}"
        )
        self.fields["contact"].empty_label = _("Somebody else, or nobody in particular")
        self.fields["project"].queryset = KeyProject.objects.visible_to(user).filter(
            enterprise=enterprise
        )
        self.fields["campaign"].queryset = Campaign.objects.visible_to(user).filter(
            starts_on__lte=day, ends_on__gte=day
        )
        for name, model in (("topics", Topic), ("services", ServiceItem)):
            field = self.fields[name]
            field.queryset = model.objects.all()
            used = (
                getattr(self.instance, name).values_list("pk", "name") if self.instance.pk else ()
            )
            field.choices = list(dict([*used, *offered(model)]).items())

    def clean_other_companions(self) -> list:
        """The officers behind the police numbers; a number that belongs to nobody is named."""
        numbers = [
            n for n in re.split(r"[\s,，、;；]+", self.cleaned_data["other_companions"]) if n
        ]
        officers = list(
            Officer.objects.visible_to(self.user).filter(
                police_number__in=numbers, left_on__isnull=True
            )
        )
        missing = set(numbers) - {officer.police_number for officer in officers}
        if missing:
            raise forms.ValidationError(
                _("No officer has the number %(numbers)s.")
                % {"numbers": "、".join(sorted(missing))}
            )
        return officers

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if (cleaned.get("contact_job_title") or cleaned.get("contact_phone")) and not cleaned.get(
            "contact_name"
        ):
            self.add_error("contact_name", _("Enter the name as well, or leave all three empty."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The values for visit_record and visit_change."""
        values = super().values()
        others = values.pop("other_companions")
        values["companions"] = [*values["companions"], *others]
        name, title, phone = (
            values.pop("contact_name"),
            values.pop("contact_job_title"),
            values.pop("contact_phone"),
        )
        if name:
            values["new_contact"] = {"name": name, "job_title": title, "work_phone": phone}
        return values

    def payload(self) -> dict[str, Any]:
        """What was typed, without what the browser adds at the moment of sending."""
        return {name: value for name, value in super().payload().items() if name not in NOT_TYPED}


class ProblemLine(KeysMixin, forms.Form):
    """One problem of a visit: a line is enough, the rest may be added."""

    title = forms.CharField(label=gettext_lazy("Problem"), max_length=120, required=False)
    category = forms.ModelChoiceField(
        ProblemCategory.objects.none(), label=gettext_lazy("Category"), required=False
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        choices=Problem.Urgency.choices,
        initial=Problem.Urgency.NORMAL,
        required=False,
    )
    description = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    solved_on_spot = forms.BooleanField(label=gettext_lazy("Solved on the spot"), required=False)

    def __init__(self, *args, categories, enterprise=None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if enterprise is not None:
            self.fields["title"].widget.attrs |= asks_for_similar(enterprise)
        self.fields["category"].queryset = ProblemCategory.objects.all()
        self.fields["category"].choices = categories

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not cleaned.get("title") and (
            cleaned.get("description") or cleaned.get("category") or cleaned.get("solved_on_spot")
        ):
            self.add_error("title", _("Say in one line what the problem is."))
        cleaned["urgency"] = cleaned.get("urgency") or Problem.Urgency.NORMAL
        return cleaned


class ProblemLines(forms.BaseFormSet):
    """The problems of one visit; empty lines do not count."""

    def values(self) -> list:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]

    def payload(self) -> list[dict[Any, str]]:
        """What was typed, for telling a repeated create from another one."""
        return [{name: str(value) for name, value in line.items()} for line in self.values()]


ProblemFormSet = forms.formset_factory(
    ProblemLine, formset=ProblemLines, extra=1, max_num=20, validate_max=True
)


class WithdrawForm(forms.Form):
    """Why a visit is withdrawn; the service asks for it."""

    reason = forms.CharField(required=False, strip=False)

    def clean_reason(self) -> str:
        return self.cleaned_data["reason"][:200]
