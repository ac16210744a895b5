"""The pages on which problems are joined to a common cause and taken out again."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.paging import page_by_key
from crm.db.scope import may, role_may
from crm.errors import Conflict, Invalid, NotAllowed, Refusal
from crm.pages.generic import PageView, add_errors, row_or_missing
from crm.text.words import uuid_or_none
from visits.causes.forms import ChooseCauseForm, JoinForm, WhyForm
from visits.causes.joining import cause_join, cause_leave, joins
from visits.models import CommonCause, Problem
from visits.models.problems import State
from visits.problems.presentation import waits_for
from visits.problems.similar import likeness, pairs_of
from visits.problems.step_views import RELATED

#: Of so many newest problems (or causes) those that are most like are offered, and so many of them.
COMPARED, OFFERED = 400, 30
#: From which likeness of the titles something is offered without being searched for.
LIKE = 0.2


class CauseActView(PageView):
    """One act with the common cause of the address, through a form."""

    model = CommonCause
    template = "causes/cause_act.html"
    title = submit_label = ""

    def cause(self, uid, action="view"):
        return row_or_missing(
            CommonCause.objects.visible_to(self.request.user, action).select_related("lead_unit"),
            uid=uid,
        )

    def show(self, form, cause, error="", status=200, **more):
        context = {
            "form": form,
            "object": cause,
            "title": self.title,
            "error": error,
            "submit_label": self.submit_label,
            "cancel_url": reverse("cause_detail", args=[cause.uid]),
            **more,
        }
        return render(self.request, self.template, context, status=status)

    def attempt(self, form, act):
        """Call the verb ``act``.

        ``(its result, "", 200)``, or None with what to tell: field errors go to the form.
        """
        try:
            return act(), "", 200
        except Invalid as invalid:
            add_errors(form, invalid)
            return None, "", invalid.status
        except Refusal as refusal:
            return None, str(refusal), refusal.status


class CauseJoinView(CauseActView):
    """Add problems to a cause: those like it are offered, others are searched for."""

    template = "causes/cause_join.html"
    title, submit_label = gettext_lazy("Add problems"), gettext_lazy("Join the ticked ones")

    def get(self, request, uid):
        cause = self.cause(uid)
        return self.show(
            JoinForm(user=request.user), cause, offered=self.offered(cause, set()), q=self.typed()
        )

    def post(self, request, uid):
        cause, form = self.cause(uid), JoinForm(request.POST, user=request.user)
        error, status = "", 422
        if form.is_valid():
            problems = list(form.cleaned_data["problems"].select_related(*RELATED))
            done, error, status = self.attempt(
                form,
                lambda: cause_join(
                    cause=cause, problems=problems, by=request.user, why=form.cleaned_data["why"]
                ),
            )
            if done is not None:
                messages.success(request, _("%(count)d joined.") % {"count": len(problems)})
                return HttpResponseRedirect(reverse("cause_detail", args=[cause.uid]))
        offered = self.offered(cause, set(request.POST.getlist("problems")))
        return self.show(form, cause, error, status, offered=offered, q=self.typed())

    def typed(self):
        return self.request.GET.get("q", "").replace("\0", "").strip()[:60]

    def offered(self, cause, chosen):
        """Problems that may be joined: what was chosen, and what fits the words typed, else what is
        like the cause.
        """
        user = self.request.user
        free = (
            Problem.objects.visible_to(user)
            .filter(ended_on__isnull=True, membership__isnull=True)
            .select_related(*RELATED)
        )
        uids = [uid for uid in map(uuid_or_none, sorted(chosen)) if uid]
        found = list(free.filter(uid__in=uids)) if uids else []
        if q := self.typed():
            rows = page_by_key(
                free.filter(title__icontains=q), ("-reported_on", "-pk"), size=OFFERED
            )
        else:
            titles = [
                cause.title,
                *(
                    p.title
                    for p in Problem.objects.visible_to(user).filter(membership__cause=cause)[
                        :OFFERED
                    ]
                ),
            ]
            rows = most_like(page_by_key(free, ("-reported_on", "-pk"), size=COMPARED), titles)
        if not may(user, "change", cause):
            rows = [problem for problem in rows if joins(user, problem)]
        found += [problem for problem in rows if problem not in found]
        for problem in found:
            problem.is_chosen = str(problem.uid) in chosen
        return found


def most_like(rows, titles):
    """Of ``rows`` with a title the OFFERED that are most like one of ``titles``, with their
    ``share`` in per cent.
    """
    known, rated = [pairs_of(title) for title in titles], []
    for row in rows:
        pairs = pairs_of(row.title)
        most = max(likeness(pairs, others) for others in known)
        if most >= LIKE:
            row.share = round(100 * most)
            rated.append(row)
    return sorted(rated, key=lambda row: -row.share)[:OFFERED]


class ProblemCauseView(CauseActView):
    """Join the problem of the address to one of the open causes, those like it in front."""

    template = "causes/problem_cause.html"

    def get(self, request, uid):
        problem = self.problem(uid)
        causes = self.causes(problem)
        return self.page(ChooseCauseForm(causes=causes), problem, causes)

    def post(self, request, uid):
        problem = self.problem(uid)
        causes = self.causes(problem)
        form, error, status = ChooseCauseForm(request.POST, causes=causes), "", 422
        if form.is_valid():
            cause = form.cleaned_data["cause"]
            done, error, status = self.attempt(
                form,
                lambda: cause_join(
                    cause=cause, problems=[problem], by=request.user, why=form.cleaned_data["why"]
                ),
            )
            if done is not None:
                messages.success(request, _("%(count)d joined.") % {"count": 1})
                return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))
        return self.page(form, problem, causes, error, status)

    def problem(self, uid):
        rows = Problem.objects.visible_to(self.request.user).select_related(
            *RELATED, "membership__cause"
        )
        problem = row_or_missing(rows, uid=uid)
        if (membership := getattr(problem, "membership", None)) is not None:
            raise Conflict(
                _("It belongs to the common cause “%(title)s” already.")
                % {"title": membership.cause.title}
            )
        if not may_be_joined(problem, self.request.user):
            raise NotAllowed(
                _(
                    "Only who leads the common cause, or dispatches or handles the problem, may join it."
                )
            )
        return problem

    def causes(self, problem):
        """The open causes that this person may join the problem to."""
        action = "view" if joins(self.request.user, problem) else "change"
        return CommonCause.objects.visible_to(self.request.user, action).filter(
            state=CommonCause.State.OPEN
        )

    def page(self, form, problem, causes, error="", status=200):
        newest = page_by_key(
            causes.select_related("lead_unit"), ("-founded_on", "-pk"), size=COMPARED
        )
        like = most_like(newest, [problem.title])
        offered = like + [cause for cause in newest if cause not in like][: OFFERED - len(like)]
        for cause in offered:
            cause.is_chosen = str(cause.uid) == form["cause"].value()
        founds = role_may(self.request.user, "create", CommonCause)
        context = {
            "form": form,
            "object": problem,
            "offered": offered,
            "title": _("Join to a common cause"),
            "error": error,
            "submit_label": _("Join"),
            "cancel_url": reverse("problem_detail", args=[problem.uid]),
            "found_url": f"{reverse('cause_create')}?problem={problem.uid}" if founds else "",
        }
        return render(self.request, self.template, context, status=status)


class ProblemCausePanel(PageView):
    """The common cause that a problem belongs to, or the way into one, as a part of the problem's
    page.
    """

    model = Problem

    def get(self, request, uid):
        rows = Problem.objects.visible_to(request.user).select_related(
            *RELATED, "membership__cause"
        )
        problem = row_or_missing(rows, uid=uid)
        cause = problem.membership.cause if getattr(problem, "membership", None) else None
        joins_one = cause is None and may_be_joined(problem, request.user)
        context = {
            "cause": cause,
            "may_answer": cause is not None and not cause.is_open and bool(waits_for(problem)),
            "join_url": reverse("problem_cause", args=[problem.uid]) if joins_one else "",
        }
        return render(request, "causes/problem_cause_panel.html", context)


def may_be_joined(problem, user):
    """Whether ``user`` may join a problem that is in no cause yet: one they dispatch or handle, or
    any where they lead a cause.
    """
    if problem.state not in State.OPEN or not role_may(user, "change", CommonCause):
        return False
    return (
        joins(user, problem)
        or CommonCause.objects.visible_to(user, "change")
        .filter(state=CommonCause.State.OPEN)
        .exists()
    )


class CauseLeaveView(CauseActView):
    """Take a problem out of a cause, with the reason."""

    title, submit_label = gettext_lazy("Take out of the common cause"), gettext_lazy("Take out")

    def get(self, request, uid, problem_uid):
        cause, problem = self.rows(uid, problem_uid)
        return self.show(WhyForm(), cause, problem=problem)

    def post(self, request, uid, problem_uid):
        cause, problem = self.rows(uid, problem_uid)
        form, error, status = WhyForm(request.POST), "", 422
        if form.is_valid():
            done, error, status = self.attempt(
                form,
                lambda: cause_leave(
                    cause=cause, problem=problem, by=request.user, why=form.cleaned_data["why"]
                ),
            )
            if done is not None:
                messages.success(request, _("Taken out."))
                return HttpResponseRedirect(
                    reverse("cause_detail", args=[cause.uid])
                    if self.still(cause)
                    else reverse("cause_list")
                )
        return self.show(form, cause, error, status, problem=problem)

    def rows(self, uid, problem_uid):
        cause = self.cause(uid)
        problems = (
            Problem.objects.visible_to(self.request.user)
            .filter(membership__cause=cause)
            .select_related(*RELATED)
        )
        return cause, row_or_missing(problems, uid=problem_uid)

    def still(self, cause):
        """Whether the cause may still be seen: with its last problem in scope it may have gone out
        of sight.
        """
        return may(self.request.user, "view", cause)
