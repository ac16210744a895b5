"""The form for one problem outside a visit, and for correcting one."""

from crm.forms import NounForm
from visits.forms.visits import category_choices
from visits.models import Problem


class ProblemForm(NounForm):
    """What a problem is about."""

    class Meta:
        model = Problem
        fields = ["title", "category", "urgency", "description"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["category"].choices = category_choices()
