"""Ordering summaries, and the list of those that one has ordered."""

import datetime
import uuid

from django import forms
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import Scope
from crm.errors import Refusal
from crm.jobs.queue import UNDONE
from crm.models import Job, Unit
from crm.pages.filters import NounFilterSet, UnitChoice
from crm.pages.generic import Column, NounListView, PageView, row_or_missing
from crm.pages.widgets import DateInput
from crm.text.words import uuid_or_none
from liaisons.models import Enterprise, Officer
from visits.models import Summary, Visit
from visits.summaries.services import KINDS, summary_order
from visits.summaries.verify import changed_visits


class OnceForm(forms.Form):
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

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
            self.fields["unit"].required = True

    def clean(self):
        cleaned = super().clean()
        if (
            cleaned.get("day_from")
            and cleaned.get("day_to")
            and cleaned["day_from"] > cleaned["day_to"]
        ):
            self.add_error("day_to", _("The period cannot end before it begins."))
        return cleaned


class SummaryOrderView(PageView):
    """``?visit=`` orders one visit's summary.

    ``?enterprise=``, ``?officer=`` or nothing ask for a period first.
    """

    model = Summary
    action = "create"

    def get(self, request):
        of, target = self.target()
        return self.show(of, target, self.form(of))

    def post(self, request):
        of, target = self.target()
        form = self.form(of, request.POST)
        if not form.is_valid():
            return self.show(of, target, form, status=422)
        values = form.cleaned_data
        unit = values.pop("unit", None)
        try:
            job = summary_order(of=of, target=target or unit, by=request.user, **values)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.show(of, target, form, status=refusal.status)
        return HttpResponseRedirect(reverse("job_detail", args=[job.uid]))

    def target(self):
        """``(of, row)``: what the address is about; a row out of scope is missing."""
        user, given = self.request.user, self.request.GET
        if given.get("visit"):
            return "visit", row_or_missing(
                Visit.objects.visible_to(user).select_related("enterprise"),
                uid=uuid_or_none(given["visit"]),
            )
        if given.get("enterprise"):
            return "enterprise", row_or_missing(
                Enterprise.objects.visible_to(user), uid=uuid_or_none(given["enterprise"])
            )
        if given.get("officer"):
            return "officer", row_or_missing(
                Officer.objects.visible_to(user), uid=uuid_or_none(given["officer"])
            )
        return "unit", None

    def form(self, of, data=None):
        if of == "visit":
            return OnceForm(data)
        today = timezone.localdate()
        units = (
            Unit.objects.filter(pk__in=Scope.of(self.request.user).units).order_by("path")
            if of == "unit"
            else None
        )
        initial = {
            "day_from": (today.replace(day=1) - datetime.timedelta(days=1)).replace(day=1),
            "day_to": today,
        }
        if of == "unit" and self.request.user.unit:
            initial["unit"] = self.request.user.unit
        return PeriodForm(data, units=units, initial=initial)

    def show(self, of, target, form, status=200):
        context = {
            "form": form,
            "title": _("Visit summaries"),
            "subtitle": str(target or ""),
            "submit_label": _("Make them"),
        }
        if of == "visit":
            context |= {"visit": target, "cancel_url": reverse("visit_detail", args=[target.uid])}
            return render(self.request, "summaries/summary_confirm.html", context, status=status)
        return render(
            self.request,
            "summaries/summary_form.html",
            context | {"cancel_url": reverse("summary_list")},
            status=status,
        )


class SummaryFilterSet(NounFilterSet):
    class Meta:
        model = Job
        fields = ["state"]


class SummaryListView(NounListView):
    """One's own orders of summaries, the newest first.

    Asked again by itself while one of them is under way.
    """

    model = Job
    filterset = SummaryFilterSet
    detail_name = "job_detail"
    default_sort = "-created"
    title = gettext_lazy("Visit summaries")
    empty_text = gettext_lazy(
        "No summary has been ordered yet. Order one on a visit's page, or for a period with the button above."
    )
    orderings = {"created": ("created_at",)}
    related = ("summary",)
    template = "summaries/summary_list.html"
    columns = (
        Column("title", gettext_lazy("Title"), lambda job: job.params["subject"], main=True),
        Column("state", gettext_lazy("State"), lambda job: state_of(job)),
        Column(
            "number", gettext_lazy("Verification number"), lambda job: number_of(job), muted=True
        ),
        Column(
            "created_at",
            gettext_lazy("Ordered at"),
            lambda job: date_format(timezone.localtime(job.created_at), "Y-m-d H:i"),
        ),
        Column("file", gettext_lazy("File"), lambda job: download_link(job)),
    )

    @classmethod
    def rows_for(cls, user):
        changed = changed_visits().filter(summary__job=OuterRef("pk"))
        changed_parts = changed_visits().filter(summary__job__parent=OuterRef("pk"))
        mine = super().rows_for(user).filter(parent__isnull=True, kind__in=KINDS.values())
        return mine.annotate(superseded=Exists(changed) | Exists(changed_parts))

    def offers(self):
        return {
            "create_url": reverse("summary_order"),
            "create_label": _("Order summaries"),
            "under_way": self.rows_for(self.request.user).filter(state__in=UNDONE).exists(),
        }


def state_of(job):
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


def number_of(job):
    summary = getattr(job, "summary", None)  # a ZIP has none: each file in it has its own
    return summary.number if summary is not None else ""


def download_link(job):
    """The link that takes the file away; empty while there is none."""
    if job.state != Job.State.DONE or not job.file:
        return ""
    return format_html(
        '<a class="btn" href="{}" download>{}</a>',
        reverse("job_file", args=[job.uid]),
        _("Download"),
    )
