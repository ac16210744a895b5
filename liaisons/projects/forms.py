"""The form for key projects."""

from django.db.models import Q

from crm.models import Division, Unit
from crm.pages.forms import NounForm
from crm.pages.widgets import DateInput
from liaisons.models import Enterprise, KeyProject


class KeyProjectForm(NounForm):
    """A key project's facts.

    The builder is one of the enterprises in one's scope, named by its identifier.
    """

    class Meta:
        model = KeyProject
        fields = [
            "code",
            "name",
            "enterprise",
            "unit",
            "division",
            "stage",
            "investment",
            "address",
            "starts_on",
            "due_on",
        ]
        widgets = {"starts_on": DateInput, "due_on": DateInput}

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["enterprise"].queryset = Enterprise.objects.visible_to(user).order_by("name")
        self.offer("unit", Unit.objects.order_by("path"), Q(closed_on__isnull=True))
        self.fields["division"].queryset = Division.objects.in_use()
