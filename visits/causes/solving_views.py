"""The pages on which a common cause is solved or reopened, and its problems are answered."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.errors import Conflict, Invalid
from visits.causes.forms import SolveForm, WhyForm
from visits.causes.joining import MOST_AT_ONCE
from visits.causes.joining_views import CauseActView
from visits.causes.solving import cause_answer, cause_reopen, cause_solve, who_answered
from visits.causes.views import problems_of
from visits.models.problems import State
from visits.models.visits import NOTES_LIMIT
from visits.problems.presentation import waits_for
from visits.problems.workflow.engine import TABLE, obstacle


class CauseSolveView(CauseActView):
    """Say how the matter was solved; leads on to the answers."""

    title = gettext_lazy("Say how it was solved")
    submit_label = gettext_lazy("Solved: on to the answers")

    def get(self, request, uid):
        cause = self.cause(uid, "change")
        if not cause.is_open:
            return redirect("cause_answers", uid=cause.uid)
        initial = {"version": cause.version, "solution": cause.solution, "reply": cause.reply}
        return self.show(SolveForm(initial=initial), cause)

    def post(self, request, uid):
        cause = self.cause(uid, "change")
        form, error, status = SolveForm(request.POST), "", 422
        if form.is_valid():
            done, error, status = self.attempt(form, lambda: self.run(cause, form))
            if done is not None:
                messages.success(request, _("Solved. Now answer the problems, each by itself."))
                return HttpResponseRedirect(reverse("cause_answers", args=[cause.uid]))
            form.data = form.data.copy()
            # What was typed is kept, and goes with the newest state.
            form.data["version"] = cause.version
        return self.show(form, cause, error, status)

    def run(self, cause, form):
        if form.cleaned_data["version"] != cause.version:
            raise Conflict()
        return cause_solve(
            cause=cause,
            solution=form.cleaned_data["solution"],
            reply=form.cleaned_data["reply"],
            by=self.request.user,
        )


class CauseReopenView(CauseActView):
    """Take the matter up again, with the reason."""

    title = submit_label = gettext_lazy("Reopen")

    def get(self, request, uid):
        return self.show(WhyForm(), self.cause(uid, "change"))

    def post(self, request, uid):
        cause = self.cause(uid, "change")
        form, error, status = WhyForm(request.POST), "", 422
        if form.is_valid():
            done, error, status = self.attempt(
                form,
                lambda: cause_reopen(cause=cause, why=form.cleaned_data["why"], by=request.user),
            )
            if done is not None:
                messages.success(request, _("Reopened."))
                return HttpResponseRedirect(reverse("cause_detail", args=[cause.uid]))
        return self.show(form, cause, error, status)


class CauseAnswersView(CauseActView):
    """Answer the joined problems that this person may answer now.

    Of the others the page says why not.
    """

    template = "causes/cause_answers.html"

    def get(self, request, uid):
        cause = self.cause(uid)
        if cause.is_open:
            return redirect("cause_detail", uid=cause.uid)
        return self.page(cause, {})

    def post(self, request, uid):
        cause = self.cause(uid)
        known = {str(problem.uid): problem for problem in problems_of(cause, request.user)}
        chosen = [uid for uid in dict.fromkeys(request.POST.getlist("uid")) if uid in known][
            :MOST_AT_ONCE
        ]
        if not chosen:
            return self.page(cause, {}, _("Choose at least one problem."), 422)
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
        return self.page(
            cause,
            {problem.uid: refusal for problem, refusal in refused},
            status=refused[0][1].status,
        )

    def written(self, uid):
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

    def page(self, cause, refusals, error="", status=200):
        """What may be answered now with its text, typed or proposed.

        What was answered; what may not be, with the reason.
        """
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
        context = {
            "object": cause,
            "title": _("Answer the problems"),
            "error": error,
            "lines": lines[:MOST_AT_ONCE],
            "blocked": blocked,
            "handled": handled,
            "more": max(len(lines) - MOST_AT_ONCE, 0),
            "refused": len(refusals),
            "others": cause.member_count - len(lines) - len(blocked) - len(handled),
        }
        return render(self.request, self.template, context, status=status)

    def fill(self, problem, cause, refusal):
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

    def say_who(self, blocked):
        """Of the problems that somebody else has answered meanwhile: by whom."""
        lost = [problem for problem in blocked if problem.lost and problem.state in State.HANDLED]
        if not lost:
            return
        who = who_answered(lost)
        for problem in lost:
            if problem.pk in who:
                problem.reason = _("%(who)s has answered it meanwhile.") % {"who": who[problem.pk]}
