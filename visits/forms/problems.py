"""The form for one problem outside a visit, and for correcting one."""

from crm.forms import NounForm
from visits.forms.visits import asks_for_similar, category_choices
from visits.models import Problem


class ProblemForm(NounForm):
    """What a problem is about."""

    class Meta:
        model = Problem
        fields = ["title", "category", "urgency", "description"]

    def __init__(self, *args, user, enterprise=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["category"].choices = category_choices()
        if enterprise is not None:
            self.fields["title"].widget.attrs |= asks_for_similar(enterprise)
