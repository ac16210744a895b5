"""The form for one problem outside a visit, and for correcting one."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.forms import NounForm
from crm.pages.widgets import DateTimeInput
from liaisons.models import Contact
from visits.models import Problem
from visits.models.dictionaries import offered_categories
from visits.models.problems import Source

#: What only a report outside a visit is asked.
OF_CALLS = ("source", "contact", "reported_at")
TOLD_HOW = (Source.ENTERPRISE_PAGE, Source.PHONE)


class ProblemForm(NounForm):
    """What a problem is about.

    With ``enterprise`` a new one, and outside a visit also how it came.
    """

    is_police_matter = forms.TypedChoiceField(
        label=gettext_lazy("Police matter"),
        required=False,
        coerce=lambda value: value == "True",
        empty_value=None,
        choices=[
            ("", gettext_lazy("As its category says")),
            ("True", gettext_lazy("Yes")),
            ("False", gettext_lazy("No")),
        ],
    )

    class Meta:
        model = Problem
        fields = [
            "source",
            "contact",
            "reported_at",
            "title",
            "category",
            "urgency",
            "is_police_matter",
            "description",
        ]
        widgets = {"source": forms.RadioSelect, "reported_at": DateTimeInput}
        labels = {
            "contact": gettext_lazy("Who called"),
            "reported_at": gettext_lazy("Time of the call"),
        }
        help_texts = {
            "reported_at": gettext_lazy(
                "The time limit runs from the call, not from when it is entered."
            )
        }

    def __init__(self, *args, user, enterprise=None, visit=None, **kwargs) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["category"].choices = self.categories()
        if enterprise is None or visit is not None:
            for name in OF_CALLS:
                del self.fields[name]
        else:
            self.ask_how_it_came(user, enterprise)
        if enterprise is not None:
            self.fields["title"].widget.attrs |= asks_for_similar(enterprise)

    def categories(self) -> list:
        """The categories that are offered, and the one that a problem has though it is no longer
        offered.
        """
        choices, category = category_choices(), self.instance.category if self.instance.pk else None
        return (
            [*choices, (category.pk, category.name)]
            if category is not None and category.retired
            else choices
        )

    def ask_how_it_came(self, user, enterprise) -> None:
        self.fields["source"].required = False
        self.fields["source"].choices = [(source.value, source.label) for source in TOLD_HOW]
        self.fields["reported_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
        contact = self.fields["contact"]
        contact.queryset = (
            Contact.objects.visible_to(user)
            .filter(enterprise=enterprise, left_on__isnull=True)
            .order_by("-is_main", "pk")
        )
        contact.to_field_name, contact.empty_label = (
            "uid",
            _("Somebody else, or nobody in particular"),
        )
        contact.label_from_instance = lambda row: f"{row.masked_name} {row.job_title}"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if (
            cleaned.get("source") == Source.PHONE
            and "reported_at" not in self.errors
            and not cleaned.get("reported_at")
        ):
            self.add_error("reported_at", _("Say when the enterprise called."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The values for problem_register and problem_change."""
        values = super().values()
        if values.get("source") != Source.PHONE:
            values |= {name: None for name in ("contact", "reported_at") if name in values}
        if "source" in values and not values["source"]:
            del values["source"]
        if values["is_police_matter"] is None:
            values["is_police_matter"] = (
                values["category"].is_police_matter if values["category"] else True
            )
        return values


def asks_for_similar(enterprise) -> dict[str, str]:
    """Attributes of a title's input: while it is typed, problems like it are shown below it."""
    return {
        "hx-get": reverse("problem_similar", args=[enterprise.uid]),
        "hx-trigger": "input changed delay:500ms",
        "hx-target": "next .similar",
        "hx-sync": "this:replace",
        "autocomplete": "off",
    }


def category_choices() -> list:
    """The categories in use in two levels, as choices with groups."""
    groups, names = {}, {}
    for key, parent, name in offered_categories():
        if parent is None:
            names[key] = name
            groups.setdefault(key, [])
        else:
            groups.setdefault(parent, []).append((key, name))
    listed = [
        (names[parent], [(parent, names[parent]), *children])
        if children
        else (parent, names[parent])
        for parent, children in groups.items()
        if parent in names
    ]
    return [("", _("– choose –")), *listed]
