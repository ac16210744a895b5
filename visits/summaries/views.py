"""Ordering summaries, and the list of those that one has ordered."""

import datetime
import uuid
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.errors import Refusal
from crm.jobs.queue import UNDONE
from crm.jobs.views import ORDERED_AT, JobListView
from crm.models import Job, Unit, User
from crm.pages.filters import UnitChoice
from crm.pages.forms import KeysMixin
from crm.pages.generic import Column, FormPageView, row_or_missing
from crm.pages.widgets import DateInput
from crm.text.words import uuid_or_none
from liaisons.models import Enterprise, Officer
from visits.models import Summary, Visit
from visits.summaries.services import KINDS, summary_order
from visits.summaries.verify import changed_visits


class OnceForm(KeysMixin, forms.Form):
    """A form whose order is placed once, however often it is sent."""

    uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


class PeriodForm(OnceForm):
    """Whose visits, from when to when, and how they are bundled."""

    unit = UnitChoice(
        Unit.objects.none(), to_field_name="code", label=gettext_lazy("Unit"), required=False
    )
    day_from = forms.DateField(label=gettext_lazy("Day from"), widget=DateInput)
    day_to = forms.DateField(label=gettext_lazy("Day to"), widget=DateInput)
    bundle = forms.ChoiceField(
        label=gettext_lazy("As"),
        widget=forms.RadioSelect,
        initial="pdf",
        choices=[
            ("pdf", gettext_lazy("one PDF with an index")),
            ("zip", gettext_lazy("a ZIP of single PDFs")),
        ],
    )

    def __init__(self, *args, units, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
            self.fields["unit"].required = True

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if (
            cleaned.get("day_from")
            and cleaned.get("day_to")
            and cleaned["day_from"] > cleaned["day_to"]
        ):
            self.add_error("day_to", _("The period cannot end before it begins."))
        return cleaned


class SummaryOrderView(FormPageView):
    """``?visit=`` orders one visit's summary.

    ``?enterprise=``, ``?officer=`` or nothing ask for a period first.
    """

    model = Summary
    action = "create"
    object = None
    title = gettext_lazy("Visit summaries")
    submit_label = gettext_lazy("Make them")

    @property
    def of(self) -> str:
        """What the address is about."""
        named = (name for name in ("visit", "enterprise", "officer") if self.request.GET.get(name))
        return next(named, "unit")

    @cached_property
    def target(self) -> Visit | Enterprise | Officer | None:
        """The row that the address is about; one out of scope is missing."""
        user = self.request.user
        rows = {
            "visit": Visit.objects.visible_to(user).select_related("enterprise"),
            "enterprise": Enterprise.objects.visible_to(user),
            "officer": Officer.objects.visible_to(user),
        }
        if self.of not in rows:
            return None
        return row_or_missing(rows[self.of], uid=uuid_or_none(self.request.GET[self.of]))

    def get_template_names(self) -> list[str]:
        one = self.of == "visit"
        return ["summaries/summary_confirm.html" if one else "summaries/summary_form.html"]

    def get_form_class(self) -> type[OnceForm]:
        return OnceForm if self.of == "visit" else PeriodForm

    def get_initial(self) -> dict:
        today, unit = timezone.localdate(), self.request.user.unit
        initial = {
            "day_from": (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1),
            "day_to": today,
        }
        return initial | {"unit": unit} if self.of == "unit" and unit else initial

    def get_form_kwargs(self) -> dict:
        kwargs = super().get_form_kwargs()
        if self.of == "visit":
            return kwargs
        units = Unit.objects.filter(pk__in=Scope.of(self.request.user).units).order_by("path")
        return kwargs | {"units": units if self.of == "unit" else None}

    def perform(self, form: OnceForm) -> None:
        target, values = self.target, dict(form.cleaned_data)
        unit = values.pop("unit", None)
        self.object = summary_order(
            of=self.of, target=target or unit, by=self.request.user, **values
        )

    def form_refused(self, form: OnceForm, refusal: Refusal) -> HttpResponse:
        form.add_error(None, str(refusal))
        return self.form_invalid(form, status=refusal.status)

    def get_success_url(self) -> str:
        return reverse("job_detail", args=[self.object.uid])

    def get_cancel_url(self) -> str:
        if self.of == "visit":
            return reverse("visit_detail", args=[self.target.uid])
        return reverse("summary_list")

    def get_context_data(self, **kwargs: object) -> dict:
        about = {"subtitle": str(self.target or "")}
        if self.of == "visit":
            about["visit"] = self.target
        return super().get_context_data(**about, **kwargs)


class SummaryListView(JobListView):
    """One's own orders of summaries, the newest first.

    Asked again by itself while one of them is under way.
    """

    title = gettext_lazy("Visit summaries")
    empty_text = gettext_lazy(
        "No summary has been ordered yet. Order one on a visit's page, or for a period with the button above."
    )
    related = ("summary",)
    template_name = "summaries/summary_list.html"
    columns = (
        Column("title", gettext_lazy("Title"), lambda job: job.params["subject"], main=True),
        Column("state", gettext_lazy("State"), lambda job: state_of(job)),
        Column(
            "number", gettext_lazy("Verification number"), lambda job: number_of(job), muted=True
        ),
        ORDERED_AT,
        Column("file", gettext_lazy("File"), lambda job: download_link(job)),
    )

    @classmethod
    def rows_for(cls, user: User) -> QuerySet:
        changed = changed_visits().filter(summary__job=OuterRef("pk"))
        changed_parts = changed_visits().filter(summary__job__parent=OuterRef("pk"))
        mine = super().rows_for(user).filter(kind__in=KINDS.values())
        return mine.annotate(superseded=Exists(changed) | Exists(changed_parts))

    def get_context_data(self, **kwargs: object) -> dict:
        under_way = self.get_queryset().filter(state__in=UNDONE).exists()
        return super().get_context_data(**kwargs) | {
            "create_url": reverse("summary_order"),
            "create_label": _("Order summaries"),
            "under_way": under_way,
        }


def state_of(job: Job) -> str:
    """In a word: how far an order is, and once it is ready whether the file still says what the
    records say.
    """
    if job.state == Job.State.DONE:
        return _("Ready, superseded since") if job.superseded else _("Ready and current")
    return (
        f"{job.state_shown} {job.done} / {job.total}"
        if job.state in UNDONE and job.total
        else job.state_shown
    )


def number_of(job: Job) -> str:
    summary = getattr(job, "summary", None)  # a ZIP has none: each file in it has its own
    return summary.number if summary is not None else ""


def download_link(job: Job) -> str:
    """The link that takes the file away; empty while there is none."""
    if job.state != Job.State.DONE or not job.file:
        return ""
    return format_html(
        '<a class="btn" href="{}" download>{}</a>',
        reverse("job_file", args=[job.uid]),
        _("Download"),
    )
