"""Forms for enterprises and their contacts."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.scope import Scope
from crm.models import Division, Unit
from crm.pages.forms import NounForm
from crm.pages.widgets import DateInput
from liaisons.codes import mended_credit_code
from liaisons.models import Contact, Enterprise


class EnterpriseForm(NounForm):
    """An enterprise's facts.

    Slips in the credit code (small letters, full width, spaces) are mended.
    """

    credit_code = forms.CharField(label=_("credit code"), required=False, max_length=40)

    class Meta:
        model = Enterprise
        fields = [
            "name",
            "credit_code",
            "unit",
            "division",
            "industry",
            "status",
            "above_scale",
            "address",
            "founded_on",
            "capital",
            "capital_currency",
            "employees",
            "latitude",
            "longitude",
        ]
        widgets = {"founded_on": DateInput}

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        scope, usable = Scope.of(user), Q(closed_on__isnull=True)
        if not scope.whole:
            usable &= Q(pk__in=scope.managed_units)
        self.offer("unit", Unit.objects.order_by("path"), usable)
        self.fields["division"].queryset = Division.objects.in_use()

    def clean_credit_code(self) -> str | None:
        return mended_credit_code(self.cleaned_data["credit_code"]) or None


class ContactForm(NounForm):
    """A contact: name, role and work phone, and nothing more."""

    name = forms.CharField(label=_("Person's name"), max_length=40)
    work_phone = forms.CharField(label=_("work phone"), max_length=20, required=False)

    class Meta:
        model = Contact
        fields = ["name", "job_title", "work_phone", "is_main", "left_on"]
        labels = {"job_title": _("Job title")}
        widgets = {"left_on": DateInput}
