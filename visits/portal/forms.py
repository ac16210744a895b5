"""The forms of the portal, and the officer's form for a link to it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.forms import KeysMixin
from liaisons.models import Contact
from visits.models import ProblemCategory
from visits.models.dictionaries import offered_categories

RATINGS = [
    ("5", gettext_lazy("5 – very satisfied")),
    ("4", gettext_lazy("4 – satisfied")),
    ("3", gettext_lazy("3 – fair")),
    ("2", gettext_lazy("2 – not satisfied")),
    ("1", gettext_lazy("1 – not satisfied at all")),
]


#: What a question says that was left out.
ASKED = {"required": gettext_lazy("Please answer this question.")}


def _yes_or_no(question) -> Any:
    return forms.TypedChoiceField(
        label=question,
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=ASKED,
    )


class ConfirmForm(forms.Form):
    """Solved: how it was done, by the four questions of a follow-up."""

    rating = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied are you with the handling?"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=ASKED,
    )
    was_prompt = _yes_or_no(gettext_lazy("Were you contacted in time?"))
    was_polite = _yes_or_no(gettext_lazy("Were you treated politely?"))
    was_explained = _yes_or_no(gettext_lazy("Was the result explained to you?"))
    was_solved = _yes_or_no(gettext_lazy("Is the problem solved?"))
    remark = forms.CharField(
        label=gettext_lazy("Anything else you wish to say"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DisputeForm(forms.Form):
    """Not solved: why."""

    remark = forms.CharField(
        label=gettext_lazy("What is not solved?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ReportForm(KeysMixin, forms.Form):
    """A problem in the enterprise's words; how urgent it is, the police decide."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("The problem in one sentence"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("Details"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Where, since when, and what you would like. Please write no personal data of others."
        ),
    )
    category = forms.ModelChoiceField(
        ProblemCategory.objects.none(), label=gettext_lazy("What it is about"), required=False
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uid"].initial = uuid.uuid4
        self.fields["category"].queryset = ProblemCategory.objects.filter(
            parent__isnull=True, retired=False
        )
        self.fields["category"].choices = [
            ("", _("I do not know")),
            *((key, name) for key, parent, name in offered_categories() if parent is None),
        ]


class LinkForm(KeysMixin, forms.Form):
    """To whom a link is handed; a link to report needs a person, one to confirm may do without."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    contact = forms.ModelChoiceField(None, label=gettext_lazy("Handed to"), to_field_name="uid")

    def __init__(self, *args, user, enterprise, required, **kwargs) -> None:
        """``user`` is who issues the link: the choices are the contacts of ``enterprise`` that this
        person may see.
        """
        super().__init__(*args, **kwargs)
        self.fields["uid"].initial = uuid.uuid4
        field = self.fields["contact"]
        field.required = required
        if not required:
            field.empty_label = _("Nobody in particular")
        field.queryset = (
            Contact.objects.visible_to(user)
            .filter(enterprise=enterprise, left_on__isnull=True)
            .order_by("-is_main", "pk")
        )
        field.label_from_instance = lambda contact: f"{contact.masked_name} {contact.job_title}"

    def payload(self) -> dict[str, Any]:
        """What tells this form sent twice from another one."""
        return {"contact": self.data.get("contact", "")}
