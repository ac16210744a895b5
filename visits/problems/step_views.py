"""The pages of a problem's steps: one form for whichever step may be taken now."""

import datetime
from functools import cached_property

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.calendar import WorkingCalendar
from crm.errors import Conflict, Invalid, Missing, Refusal
from crm.pages.generic import RowFormView, TemplatePageView, row_or_missing
from crm.workflow import Transition
from visits.attachments.enclosing import Enclosing
from visits.models import Problem, ProblemCategory
from visits.models.limits import Measure, Urgency, limit_for
from visits.models.problems import ProblemTask
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


class StepPage(Enclosing, RowFormView):
    """A form about a problem that files are sent with; nothing is done while one was refused."""

    model = Problem
    action = "view"
    related = RELATED
    template_name = "problems/problem_step.html"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        self.keep_sent()
        form = self.get_form()
        if form.is_valid() and not self.refused_files:
            return self.form_valid(form)
        return self.form_invalid(form)

    def get_success_url(self) -> str:
        return reverse("problem_detail", args=[self.object.uid])


class ProblemHelpView(StepPage):
    """A helping unit says what it did."""

    form_class = HelpForm
    pk_url_kwarg = None  # of the address is the task's
    success_message = gettext_lazy("Saved.")

    @cached_property
    def task(self) -> ProblemTask:
        """What the unit was asked to do."""
        task = row_or_missing(self.object.tasks.select_related("unit"), pk=self.kwargs["pk"])
        task.problem = self.object
        return task

    def get_object(self, queryset: QuerySet | None = None) -> Problem:
        self.object = super().get_object(queryset)
        if not workflow.user_in(self.request.user, self.task.unit_id):
            raise Missing()
        return self.object

    def perform(self, form: HelpForm) -> None:
        workflow.task_answer(
            task=self.task,
            answer=form.cleaned_data["answer"],
            by=self.request.user,
            files=self.form_uid,
            shown=self.shown_files(),
        )

    def form_refused(self, form: HelpForm, refusal: Refusal) -> HttpResponse:
        return self.form_invalid(form, status=refusal.status, error=refusal.reasons())

    def get_title(self) -> str:
        return _("What %(unit)s did") % {"unit": self.task.unit.short_name}

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(
            due=date_format(day_of(self.task.due_at), "Y-m-d"),
            in_question=in_question("help", self.object),
            **kwargs,
        )


class ProblemStepView(StepPage):
    """Take one step with a problem.

    The address names the step; who may not take it now is told why.
    """

    form_class = StepForm

    @property
    def step(self) -> Transition:
        """The step's row of the table."""
        if self.kwargs["verb"] not in TABLE:
            raise Missing()
        return TABLE[self.kwargs["verb"]]

    def get_object(self, queryset: QuerySet | None = None) -> Problem:
        step, problem = self.step, super().get_object(queryset)
        asked = self.request.method != "POST"  # what is sent is asked by the step itself
        if asked and (refusal := obstacle(step, problem, self.request.user)) is not None:
            raise refusal
        return problem

    def get_initial(self) -> dict:
        return {"why": self.request.GET.get("why", "")[:2000]}

    def get_form_kwargs(self) -> dict:
        about = {"row": self.step, "problem": self.object, "user": self.request.user}
        return super().get_form_kwargs() | about

    def perform(self, form: StepForm) -> None:
        if form.cleaned_data["version"] != self.object.version:
            raise Conflict()
        take_step(
            self.step,
            problem=self.object,
            by=self.request.user,
            files=self.form_uid,
            shown=self.shown_files(),
            **form.values(),
        )

    def form_refused(self, form: StepForm, refusal: Refusal) -> HttpResponse:
        """What was typed is kept, and goes with the newest state."""
        if not isinstance(refusal, Invalid):
            form.data = form.data.copy()
            form.data["version"] = self.object.version
        return super().form_refused(form, refusal)

    def get_success_message(self, form: StepForm) -> str:
        return _("“%(step)s”: done.") % {"step": self.step.label}

    def get_title(self) -> str:
        return self.step.label

    def get_context_data(self, **kwargs: object) -> dict:
        step, problem = self.step, self.object
        return super().get_context_data(
            submit_label=step.label,
            due=due_in_words(problem),
            in_question=in_question(step.name, problem),
            record_visit="visit" in step.fields,
            **kwargs,
        )


class DueDayView(TemplatePageView):
    """By when would it be due, if it were reported now, or on a given day?"""

    model = Problem
    template_name = "problems/due_day.html"
    title = gettext_lazy("When is it due?")

    def get_context_data(self, **kwargs: object) -> dict:
        form = DueForm(self.request.GET or None)
        asked = form.is_bound and form.is_valid()
        due = self.answer(**form.cleaned_data) if asked else None
        return super().get_context_data(form=form, due=due, **kwargs)

    def answer(
        self,
        urgency: Urgency,
        category: ProblemCategory | None,
        start: datetime.datetime | None,
    ) -> dict:
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
