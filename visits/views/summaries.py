"""Ordering summaries, and the public page that verifies them."""

import datetime

from django import forms
from django.core.cache import cache
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.errors import Refusal
from crm.filters import UnitChoice
from crm.models import Unit
from crm.scope import Scope
from crm.views.base import PageView, row_or_missing
from crm.widgets import DateInput
from liaisons.models import Enterprise, Officer
from visits.models import Summary, Visit
from visits.summaries.verify import hash_of, verdict
from visits.transitions.summaries import summary_order

#: Questions that one network address may ask a minute, and the largest file it may send (bytes).
QUESTIONS, LARGEST = 30, 60 * 1024 * 1024


class PeriodForm(forms.Form):
    """Whose visits, from when to when, and how they are bundled."""

    unit = UnitChoice(Unit.objects.none(), to_field_name="code", label=gettext_lazy("Unit"), required=False)
    day_from = forms.DateField(label=gettext_lazy("Day from"), widget=DateInput)
    day_to = forms.DateField(label=gettext_lazy("Day to"), widget=DateInput)
    bundle = forms.ChoiceField(
        label=gettext_lazy("As"), widget=forms.RadioSelect, initial="pdf",
        choices=[("pdf", gettext_lazy("one PDF with an index")), ("zip", gettext_lazy("a ZIP of single PDFs"))],
    )  # fmt: skip

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units
            self.fields["unit"].required = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("day_from") and cleaned.get("day_to") and cleaned["day_from"] > cleaned["day_to"]:
            self.add_error("day_to", _("The period cannot end before it begins."))
        return cleaned


class SummaryOrderView(PageView):
    """``?visit=`` orders one visit's summary; ``?enterprise=``, ``?officer=`` or nothing ask for a period first."""

    model = Summary
    action = "create"

    def get(self, request):
        of, target = self.target()
        if of == "visit":
            return render(request, "visits/summary_confirm.html", {"visit": target})
        return self.show(of, target, self.form(of))

    def post(self, request):
        of, target = self.target()
        if of == "visit":
            return self.ordered(summary_order(of=of, target=target, by=request.user))
        form = self.form(of, request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                job = summary_order(of=of, target=target or values.pop("unit"), by=request.user, **{k: v for k, v in values.items() if k != "unit"})
                return self.ordered(job)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self.show(of, target, form, status=422)

    def target(self):
        """``(of, row)``: what the address is about; a row out of scope is missing."""
        user, given = self.request.user, self.request.GET
        if given.get("visit"):
            return "visit", row_or_missing(Visit.objects.visible_to(user).select_related("enterprise"), uid=given["visit"])
        if given.get("enterprise"):
            return "enterprise", row_or_missing(Enterprise.objects.visible_to(user), uid=given["enterprise"])
        if given.get("officer"):
            return "officer", row_or_missing(Officer.objects.visible_to(user), uid=given["officer"])
        return "unit", None

    def form(self, of, data=None):
        today = timezone.localdate()
        units = Unit.objects.filter(pk__in=Scope.of(self.request.user).units).order_by("path") if of == "unit" else None
        initial = {"day_from": today.replace(day=1) - datetime.timedelta(days=31), "day_to": today}
        if of == "unit" and self.request.user.unit:
            initial["unit"] = self.request.user.unit
        return PeriodForm(data, units=units, initial=initial)

    def ordered(self, job):
        return HttpResponseRedirect(reverse("job_detail", args=[job.uid]))

    def show(self, of, target, form, status=200):
        context = {
            "form": form, "title": _("Visit summaries"), "subtitle": str(target or ""), "submit_label": _("Make them"),
            "cancel_url": reverse("job_list"),
        }  # fmt: skip
        return render(self.request, "generic/form.html", context, status=status)


class VerifyView(View):
    """The public page behind the QR code: genuine and current, genuine but superseded, or unknown."""

    def get(self, request, number=None):
        return self.answer(request, number, verdict(number=number) if number else None)

    def post(self, request, number=None):
        """A file (or its hash, when the browser computed it) or a typed number."""
        upload = request.FILES.get("file")
        sha256 = request.POST.get("sha256", "").lower()[:64]
        number = number or request.POST.get("number", "").strip()[:60] or None
        if upload is not None and not sha256:
            if upload.size > LARGEST:
                return self.answer(request, number, None, _("This file is larger than 60 MB, as no summary is."))
            sha256 = hash_of(upload)
        if not sha256 and not number:
            return self.answer(request, number, None, _("Choose the PDF file, or type the number printed beside the code."))
        return self.answer(request, number, verdict(number=number, sha256=sha256 or None), asked_file=bool(sha256))

    def dispatch(self, request, *args, **kwargs):
        key = f"verify:{request.META.get('REMOTE_ADDR', '')}:{int(timezone.now().timestamp()) // 60}"
        cache.add(key, 0, timeout=120)
        if cache.incr(key) > QUESTIONS:
            return self.answer(request, None, None, _("Too many questions from your network. Please wait a minute."), status=429)
        return super().dispatch(request, *args, **kwargs)

    def answer(self, request, number, state, sentence="", asked_file=False, status=200):
        context = {"number": number or "", "state": state, "sentence": sentence, "asked_file": asked_file}
        return render(request, "visits/verify.html", context, status=status)
