"""Forms for beginning and ending an assignment."""

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Unit, User
from crm.pages.forms import NounForm
from crm.pages.widgets import DateInput
from liaisons.models import Assignment, Enterprise, KeyProject, Officer


def _officers_for(target: Enterprise | KeyProject, user: User) -> QuerySet[Officer]:
    """The officers within ``user``'s reach who may serve ``target``.

    Officers of the units above the target's serve it too: a city's department may lead a station's
    enterprise.
    """
    within = target.unit.path if target.unit else "/"
    above = [code for code in within.split("/") if code]
    officers = Officer.objects.visible_to(user).filter(left_on__isnull=True).select_related("unit")
    return (
        officers.filter(unit__path__startswith=within)
        | officers.filter(unit__code__in=above)
        | officers.filter(unit__parent__code__in=above[:-1], unit__kind=Unit.Kind.DEPARTMENT)
    ).order_by("unit__path", "name")


class AssignmentForm(NounForm):
    """Binds an officer of the manager's units to the enterprise or project whose page one came
    from.
    """

    class Meta:
        model = Assignment
        fields = ["officer", "part", "starts_on"]
        labels = {"starts_on": _("First day")}
        widgets = {"starts_on": DateInput}

    def __init__(self, *args, user, target, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        officers = self.fields["officer"]
        officers.queryset = _officers_for(target, user)
        officers.label_from_instance = lambda officer: f"{officer.unit.short_name} {officer.name}"
        self.fields["starts_on"].initial = timezone.localdate


class AssignmentEndForm(forms.Form):
    """The first day on which an assignment no longer holds, and the version that was read."""

    ends_on = forms.DateField(
        label=_("Last day was the day before"), widget=DateInput, initial=timezone.localdate
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
