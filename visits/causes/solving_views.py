"""The pages on which a common cause is solved or reopened, and its problems are answered."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.errors import Conflict, Invalid, Refusal
from crm.models import User
from crm.pages.generic import RowView
from visits.causes.forms import SolveForm, WhyForm
from visits.causes.joining import MOST_AT_ONCE
from visits.causes.joining_views import CauseActView
from visits.causes.solving import cause_answer, cause_reopen, cause_solve, who_answered
from visits.causes.views import problems_of
from visits.models import CommonCause, Problem
from visits.models.problems import State
from visits.models.visits import NOTES_LIMIT
from visits.problems.presentation import waits_for
from visits.problems.workflow.engine import TABLE, obstacle


class CauseSolveView(CauseActView):
    """Say how the matter was solved; leads on to the answers."""

    form_class = SolveForm
    title = gettext_lazy("Say how it was solved")
    submit_label = gettext_lazy("Solved: on to the answers")
    success_message = gettext_lazy("Solved. Now answer the problems, each by itself.")

    def get_queryset(self) -> QuerySet:
        return led_by(self.request.user)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        if not self.object.is_open:
            return HttpResponseRedirect(self.get_success_url())
        return self.render_to_response(self.get_context_data())

    def get_initial(self) -> dict:
        cause = self.object
        return {"version": cause.version, "solution": cause.solution, "reply": cause.reply}

    def perform(self, form: SolveForm) -> None:
        values = dict(form.cleaned_data)
        if values.pop("version") != self.object.version:
            raise Conflict()
        cause_solve(cause=self.object, by=self.request.user, **values)

    def form_refused(self, form: SolveForm, refusal: Refusal) -> HttpResponse:
        """What was typed is kept, and goes with the newest state."""
        form.data = form.data.copy()
        form.data["version"] = self.object.version
        return super().form_refused(form, refusal)

    def get_success_url(self) -> str:
        return reverse("cause_answers", args=[self.object.uid])


class CauseReopenView(CauseActView):
    """Take the matter up again, with the reason."""

    form_class = WhyForm
    title = submit_label = gettext_lazy("Reopen")
    success_message = gettext_lazy("Reopened.")

    def get_queryset(self) -> QuerySet:
        return led_by(self.request.user)

    def perform(self, form: WhyForm) -> None:
        cause_reopen(cause=self.object, by=self.request.user, **form.cleaned_data)


def led_by(user: User) -> QuerySet:
    """The common causes that ``user`` may change."""
    return CommonCause.objects.visible_to(user, "change").select_related("lead_unit")


class CauseAnswersView(RowView):
    """Answer the joined problems that this person may answer now.

    Of the others the page says why not.
    """

    model = CommonCause
    related = ("lead_unit",)
    template_name = "causes/cause_answers.html"
    title = gettext_lazy("Answer the problems")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        if self.object.is_open:
            return redirect("cause_detail", uid=self.object.uid)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        cause = self.object = self.get_object()
        known = {str(problem.uid): problem for problem in problems_of(cause, request.user)}
        chosen = [uid for uid in dict.fromkeys(request.POST.getlist("uid")) if uid in known][
            :MOST_AT_ONCE
        ]
        if not chosen:
            context = self.get_context_data(error=_("Choose at least one problem."))
            return self.render_to_response(context, status=422)
        answers = [(known[uid], *self.written(uid)) for uid in chosen]
        done, refused = cause_answer(cause=cause, answers=answers, by=request.user)
        if done:
            messages.success(
                request,
                ngettext("%(count)d answered.", "%(count)d answered.", len(done))
                % {"count": len(done)},
            )
        if not refused:
            return HttpResponseRedirect(reverse("cause_answers", args=[cause.uid]))
        refusals = {problem.uid: refusal for problem, refusal in refused}
        context = self.get_context_data(refusals=refusals)
        return self.render_to_response(context, status=refused[0][1].status)

    def written(self, uid: str) -> tuple[int, str, str]:
        """``(version, what was done, reply)`` of one problem, as it was sent."""
        version = self.request.POST.get(f"version-{uid}", "")
        texts = (
            self.request.POST.get(f"{name}-{uid}", "").replace("\0", "")
            for name in ("result", "reply")
        )
        result, reply = texts
        return (
            int(version) if version.isascii() and version.isdigit() else 0,
            result[: NOTES_LIMIT + 1],
            reply[:2001],
        )

    def get_context_data(
        self, *, refusals: dict[UUID, Refusal] | None = None, **kwargs: object
    ) -> dict:
        """What may be answered now with its text, typed or proposed.

        What was answered; what may not be, with the reason.
        """
        cause, refusals = self.object, refusals or {}
        lines, blocked, handled = [], [], []
        for problem in problems_of(cause, self.request.user):
            self.fill(problem, cause, refusals.get(problem.uid))
            hinders = obstacle(TABLE["answer"], problem, self.request.user)
            if hinders is None:
                lines.append(problem)
            elif problem.state in State.HANDLED and problem.uid not in refusals:
                handled.append(problem)
            else:
                early = problem.state not in TABLE["answer"].sources
                problem.reason = (waits_for(problem) if early else "") or str(hinders)
                blocked.append(problem)
        self.say_who(blocked)
        return super().get_context_data(
            lines=lines[:MOST_AT_ONCE],
            blocked=blocked,
            handled=handled,
            more=max(len(lines) - MOST_AT_ONCE, 0),
            refused=len(refusals),
            others=cause.member_count - len(lines) - len(blocked) - len(handled),
            **kwargs,
        )

    def fill(self, problem: Problem, cause: CommonCause, refusal: Refusal | None) -> None:
        """Give a problem its texts, its tick, and the errors of a refused answer."""
        uid, sent = str(problem.uid), self.request.method == "POST"
        problem.is_chosen = uid in self.request.POST.getlist("uid") if sent else True
        problem.new_result, problem.new_reply = (
            self.written(uid)[1:] if sent else (cause.solution, cause.reply)
        )
        if sent and f"reply-{uid}" not in self.request.POST:
            problem.new_result, problem.new_reply = cause.solution, cause.reply
        problem.lost = refusal is not None
        problem.errors = refusal.extra.get("errors", {}) if isinstance(refusal, Invalid) else {}
        problem.refusal = str(refusal) if refusal is not None and not problem.errors else ""

    def say_who(self, blocked: list[Problem]) -> None:
        """Of the problems that somebody else has answered meanwhile: by whom."""
        lost = [problem for problem in blocked if problem.lost and problem.state in State.HANDLED]
        if not lost:
            return
        who = who_answered(lost)
        for problem in lost:
            if problem.pk in who:
                problem.reason = _("%(who)s has answered it meanwhile.") % {"who": who[problem.pk]}
