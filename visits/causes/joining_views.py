"""The pages on which problems are joined to a common cause and taken out again."""

from collections.abc import Iterable
from functools import cached_property

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.paging import page_by_key
from crm.db.scope import may, role_may
from crm.errors import Conflict, NotAllowed
from crm.models import User
from crm.pages.generic import RowFormView, RowView, row_or_missing
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


class CauseActView(RowFormView):
    """One act with the common cause of the address, through a form."""

    model = CommonCause
    action = "view"
    related = ("lead_unit",)
    template_name = "causes/cause_act.html"

    def get_success_url(self) -> str:
        return reverse("cause_detail", args=[self.object.uid])

    def get_cancel_url(self) -> str:
        return reverse("cause_detail", args=[self.object.uid])


class CauseJoinView(CauseActView):
    """Add problems to a cause: those like it are offered, others are searched for."""

    template_name = "causes/cause_join.html"
    form_class = JoinForm
    joined = 0  # how many were
    title, submit_label = gettext_lazy("Add problems"), gettext_lazy("Join the ticked ones")

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"user": self.request.user}

    def perform(self, form: JoinForm) -> None:
        problems = list(form.cleaned_data["problems"].select_related(*RELATED))
        cause_join(
            cause=self.object,
            problems=problems,
            by=self.request.user,
            why=form.cleaned_data["why"],
        )
        self.joined = len(problems)

    def get_success_message(self, form: JoinForm) -> str:
        return _("%(count)d joined.") % {"count": self.joined}

    def get_context_data(self, **kwargs: object) -> dict:
        offered = self.offered(self.object, set(self.request.POST.getlist("problems")))
        return super().get_context_data(offered=offered, q=self.typed(), **kwargs)

    def typed(self) -> str:
        return self.request.GET.get("q", "").replace("\0", "").strip()[:60]

    def offered(self, cause: CommonCause, chosen: set[str]) -> list[Problem]:
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


def most_like(rows: Iterable[Model], titles: list[str]) -> list[Model]:
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


class ProblemCauseView(RowFormView):
    """Join the problem of the address to one of the open causes, those like it in front."""

    model = CommonCause
    action = "view"
    of = Problem
    related = (*RELATED, "membership__cause")
    template_name = "causes/problem_cause.html"
    form_class = ChooseCauseForm
    title, submit_label = gettext_lazy("Join to a common cause"), gettext_lazy("Join")

    def get_object(self, queryset: QuerySet | None = None) -> Problem:
        problem = super().get_object(queryset)
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

    @cached_property
    def causes(self) -> QuerySet:
        """The open causes that this person may join the problem to."""
        action = "view" if joins(self.request.user, self.object) else "change"
        return CommonCause.objects.visible_to(self.request.user, action).filter(
            state=CommonCause.State.OPEN
        )

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"causes": self.causes}

    def perform(self, form: ChooseCauseForm) -> None:
        cause_join(
            cause=form.cleaned_data["cause"],
            problems=[self.object],
            by=self.request.user,
            why=form.cleaned_data["why"],
        )

    def get_success_message(self, form: ChooseCauseForm) -> str:
        return _("%(count)d joined.") % {"count": 1}

    def get_success_url(self) -> str:
        return reverse("problem_detail", args=[self.object.uid])

    def get_context_data(self, **kwargs: object) -> dict:
        context = super().get_context_data(**kwargs)
        founds = role_may(self.request.user, "create", CommonCause)
        founding = f"{reverse('cause_create')}?problem={self.object.uid}" if founds else ""
        return context | {"offered": self.offered(context["form"]), "found_url": founding}

    def offered(self, form: ChooseCauseForm) -> list[CommonCause]:
        """The causes like the problem, then the newest."""
        newest = page_by_key(
            self.causes.select_related("lead_unit"), ("-founded_on", "-pk"), size=COMPARED
        )
        like = most_like(newest, [self.object.title])
        offered = like + [cause for cause in newest if cause not in like][: OFFERED - len(like)]
        for cause in offered:
            cause.is_chosen = str(cause.uid) == form["cause"].value()
        return offered


class ProblemCausePanel(RowView):
    """The common cause that a problem belongs to, or the way into one, as a part of the problem's
    page.
    """

    model = Problem
    related = (*RELATED, "membership__cause")
    template_name = "causes/problem_cause_panel.html"

    def get_context_data(self, **kwargs: object) -> dict:
        problem = self.object
        cause = problem.membership.cause if getattr(problem, "membership", None) else None
        joins_one = cause is None and may_be_joined(problem, self.request.user)
        return super().get_context_data(
            cause=cause,
            may_answer=cause is not None and not cause.is_open and bool(waits_for(problem)),
            join_url=reverse("problem_cause", args=[problem.uid]) if joins_one else "",
            **kwargs,
        )


def may_be_joined(problem: Problem, user: User) -> bool:
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

    form_class = WhyForm
    title, submit_label = gettext_lazy("Take out of the common cause"), gettext_lazy("Take out")
    success_message = gettext_lazy("Taken out.")

    @cached_property
    def problem(self) -> Problem:
        problems = (
            Problem.objects.visible_to(self.request.user)
            .filter(membership__cause=self.object)
            .select_related(*RELATED)
        )
        return row_or_missing(problems, uid=self.kwargs["problem_uid"])

    def perform(self, form: WhyForm) -> None:
        cause_leave(
            cause=self.object, problem=self.problem, by=self.request.user, **form.cleaned_data
        )

    def get_success_url(self) -> str:
        """The cause, where it may still be seen: with its last problem in scope it may have gone out
        of sight.
        """
        still = may(self.request.user, "view", self.object)
        return super().get_success_url() if still else reverse("cause_list")

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(problem=self.problem, **kwargs)
