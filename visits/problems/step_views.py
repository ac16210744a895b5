"""The pages of a problem's steps: one form for whichever step may be taken now."""

import datetime

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid, Missing, Refusal
from crm.models import Unit
from crm.pages.generic import PageView, add_errors, back_to, row_or_missing
from crm.text.words import uuid_or_none
from visits.attachments.enclosing import Enclosing
from visits.models import Problem
from visits.models.limits import Measure, limit_for
from visits.problems import workflow  # noqa: F401  (fills the table)
from visits.problems.clocks import day_of, due_moment
from visits.problems.presentation import due_in_words, in_question
from visits.problems.step_forms import DueForm, HelpForm, StepForm
from visits.problems.workflow.engine import TABLE, obstacle, take_step

RELATED = (
    "enterprise",
    "unit",
    "officer",
    "category",
    "category__parent",
    "dispatch_unit",
    "dispatch_unit__parent",
    "lead_unit",
    "handler",
)

#: How many problems one press moves.
MOST_AT_ONCE = 100


class ProblemHelpView(Enclosing, PageView):
    """A helping unit says what it did."""

    model = Problem
    template = "problems/problem_step.html"

    def get(self, request, uid, pk):
        return self.show(*self.rows(uid, pk))

    def post(self, request, uid, pk):
        problem, task = self.rows(uid, pk)
        self.keep_sent()
        form = HelpForm(request.POST)
        if not form.is_valid() or self.refused_files:
            return self.show(problem, task, status=422)
        try:
            workflow.task_answer(
                task=task,
                answer=form.cleaned_data["answer"],
                by=request.user,
                files=self.form_uid,
                shown=self.shown_files(),
            )
        except Refusal as refusal:
            sentences = [s for errors in refusal.extra.get("errors", {}).values() for s in errors]
            return self.show(
                problem, task, "；".join(map(str, sentences)) or str(refusal), refusal.status
            )
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))

    def rows(self, uid, pk):
        problem = row_or_missing(
            Problem.objects.visible_to(self.request.user).select_related(*RELATED), uid=uid
        )
        task = row_or_missing(problem.tasks.select_related("unit"), pk=pk)
        task.problem = problem
        if not workflow.user_in(self.request.user, task.unit_id):
            raise Missing()
        return problem, task

    def show(self, problem, task, error="", status=200):
        context = {
            "form": HelpForm(self.request.POST or None),
            **self.enclosed(),
            "object": problem,
            "title": _("What %(unit)s did") % {"unit": task.unit.short_name},
            "error": error,
            "due": date_format(day_of(task.due_at), "Y-m-d"),
            "in_question": in_question("help", problem),
            "cancel_url": reverse("problem_detail", args=[problem.uid]),
        }
        return render(self.request, self.template, context, status=status)


class ProblemStepView(Enclosing, PageView):
    """Take one step with a problem.

    The address names the verb; who may not take it now is told why.
    """

    model = Problem
    template = "problems/problem_step.html"

    def get(self, request, uid, verb):
        row, problem = self.table_row(verb), self.problem(uid)
        if (refusal := obstacle(row, problem, request.user)) is not None:
            raise refusal
        typed = {"why": request.GET.get("why", "")[:2000]}
        return self.show(
            StepForm(row=row, problem=problem, user=request.user, initial=typed), row, problem
        )

    def post(self, request, uid, verb):
        row, problem = self.table_row(verb), self.problem(uid)
        self.keep_sent()
        form = StepForm(request.POST, row=row, problem=problem, user=request.user)
        error, status = "", 422
        if form.is_valid() and not self.refused_files:
            try:
                if form.cleaned_data["version"] != problem.version:
                    raise Conflict()
                take_step(
                    row,
                    problem=problem,
                    by=request.user,
                    files=self.form_uid,
                    shown=self.shown_files(),
                    **form.values(),
                )
            except Invalid as invalid:
                add_errors(form, invalid)
            except Refusal as refusal:
                error, status = str(refusal), refusal.status
                form.data = form.data.copy()
                # What was typed is kept, and goes with the newest state.
                form.data["version"] = problem.version
            else:
                messages.success(request, _("“%(step)s”: done.") % {"step": row.label})
                return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))
        return self.show(form, row, problem, error, status)

    def table_row(self, verb):
        if verb not in TABLE:
            raise Missing()
        return TABLE[verb]

    def problem(self, uid):
        return row_or_missing(
            Problem.objects.visible_to(self.request.user).select_related(*RELATED), uid=uid
        )

    def show(self, form, row, problem, error="", status=200):
        context = {
            "form": form,
            **self.enclosed(),
            "object": problem,
            "title": row.label,
            "error": error,
            "submit_label": row.label,
            "cancel_url": reverse("problem_detail", args=[problem.uid]),
            "due": due_in_words(problem),
            "in_question": in_question(row.name, problem),
            "record_visit": "visit" in row.fields,
        }
        return render(self.request, self.template, context, status=status)


class ProblemBulkView(PageView):
    """Accept or assign several problems.

    Each by itself, so that one that may not be moved keeps no other back.
    """

    model = Problem
    verbs = ("accept", "assign")

    def post(self, request):
        verb, uids = request.POST.get("verb"), request.POST.getlist("uid")[:MOST_AT_ONCE]
        if verb not in self.verbs:
            raise Missing()
        values = {"unit": self.unit(request.POST.get("unit", ""))} if verb == "assign" else {}
        if None in values.values():
            messages.error(request, _("Choose the unit to assign to."))
            return self.back(request)
        problems = Problem.objects.visible_to(request.user).filter(
            uid__in=[uid for uid in map(uuid_or_none, uids) if uid]
        )
        done, refused = 0, {}
        for problem in problems.select_related(*RELATED).order_by("pk"):
            try:
                take_step(TABLE[verb], problem=problem, by=request.user, **values)
                done += 1
            except Refusal as refusal:
                refused.setdefault(str(refusal), []).append(problem.title)
        self.tell(request, TABLE[verb].label, done, refused)
        return self.back(request)

    def back(self, request):
        return HttpResponseRedirect(back_to(request, reverse("problem_list")))

    def unit(self, key):
        """The open unit with the primary key ``key``, or None.

        What is longer than any key is none.
        """
        return (
            Unit.objects.filter(pk=key, closed_on__isnull=True).first()
            if key.isascii() and key.isdigit() and len(key) < 16
            else None
        )

    def tell(self, request, label, done, refused):
        if done:
            messages.success(
                request, _("“%(step)s”: %(count)d done.") % {"step": label, "count": done}
            )
        for (
            sentence,
            titles,
        ) in refused.items():  # each is named, and a reason that many share is told once
            messages.error(request, f"{'、'.join(titles)}：{sentence}")
        if not done and not refused:
            messages.error(request, _("Choose at least one problem."))


class DueDayView(PageView):
    """By when would it be due, if it were reported now, or on a given day?"""

    model = Problem
    template = "problems/due_day.html"

    def get(self, request):
        form = DueForm(request.GET or None)
        due = None
        if form.is_bound and form.is_valid():
            due = self.answer(**form.cleaned_data)
        return render(
            request, self.template, {"form": form, "due": due, "title": _("When is it due?")}
        )

    def answer(self, urgency, category, start):
        calendar, start = WorkingCalendar(), start or timezone.now()
        due_at = due_moment(start, urgency, category, calendar)
        amount, measure = limit_for(urgency, category)
        first, last = timezone.localdate(start), day_of(due_at)
        between = (
            first + datetime.timedelta(days=number) for number in range((last - first).days + 1)
        )
        special = [
            {"day": day, "works": calendar.days[day], "is_last": day == last}
            for day in between
            if day in calendar.days
        ]
        return {
            "at": due_at,
            "day": last,
            "whole_day": measure == Measure.DAYS,
            "amount": amount,
            "measure": Measure(measure).label,
            "special": special,
            "known": calendar.is_known(last),
        }
