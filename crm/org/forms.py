"""Forms of accounts."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Role, Unit
from crm.pages.filters import UnitChoice
from crm.pages.forms import KeysMixin
from crm.pages.widgets import DateInput


class AccountForm(KeysMixin, forms.Form):
    """Who is entered; the role given first is that of a liaison officer."""

    police_number = forms.CharField(label=_("Police number"), max_length=20)
    name = forms.CharField(label=_("Person's name"), max_length=40)
    unit = UnitChoice(
        label=_("Unit"),
        queryset=Unit.objects.filter(closed_on__isnull=True).order_by("path"),
        to_field_name="code",
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class MoveForm(KeysMixin, forms.Form):
    """The unit a person moves to, and the first day there."""

    unit = UnitChoice(
        label=_("Unit"),
        queryset=Unit.objects.filter(closed_on__isnull=True).order_by("path"),
        to_field_name="code",
    )
    day = forms.DateField(label=_("First day there"), widget=DateInput, initial=timezone.localdate)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
