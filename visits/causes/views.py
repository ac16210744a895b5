"""The pages of common causes: the list, one of them, and the form."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.db.scope import role_may
from crm.models import Unit
from crm.pages.generic import Action, Column, NounDetailView, NounFormView, NounListView
from crm.text.words import uuid_or_none
from liaisons.officers.views import named
from visits.causes.filters import CommonCauseFilterSet
from visits.causes.forms import CauseForm, CauseFoundForm
from visits.causes.joining import MOST_AT_ONCE, joins
from visits.causes.services import cause_change, cause_found
from visits.models import CommonCause, Problem
from visits.models.causes import enterprise_count, unanswered_count
from visits.models.problems import State
from visits.problems.step_views import RELATED

#: Problems that the page of a cause shows, and acts of its history, the newest.
SHOWN, ACTS = 100, 100
#: What the acts of a cause's history are called.
ACT_LABELS = {
    "found": gettext_lazy("Founded"),
    "change": gettext_lazy("Corrected"),
    "join": gettext_lazy("Joined"),
    "leave": gettext_lazy("Taken out"),
    "solve": gettext_lazy("Solved"),
    "reopen": gettext_lazy("Reopened"),
}


class CauseListView(NounListView):
    """All common causes in scope, the newest first."""

    model = CommonCause
    filterset = CommonCauseFilterSet
    name = "cause_list"
    detail_name = "cause_detail"
    create_name = "cause_create"
    create_label = gettext_lazy("New common cause")
    default_sort = "-founded_on"
    related = ("lead_unit", "lead_officer")
    template = "causes/cause_list.html"
    tabs = (
        (gettext_lazy("All"), {}),
        (gettext_lazy("Open"), {"state": "open"}),
        (gettext_lazy("Mine"), {"mine": "1"}),
        (gettext_lazy("To be answered"), {"state": "solved", "unanswered": "1"}),
    )
    empty_text = gettext_lazy("No common cause matches these filters.")
    columns = (
        Column("title", gettext_lazy("Common cause"), lambda c: c.title, main=True),
        Column("state", gettext_lazy("State"), lambda c: c.get_state_display()),
        Column("lead_unit", gettext_lazy("Lead unit"), lambda c: c.lead_unit.short_name),
        Column(
            "lead_officer",
            gettext_lazy("Lead officer"),
            lambda c: c.lead_officer.name if c.lead_officer else "",
        ),
        Column(
            "problems",
            gettext_lazy("Problems"),
            lambda c: c.member_count,
            ("member_count",),
            numeric=True,
        ),
        Column("enterprises", gettext_lazy("Enterprises"), lambda c: c.enterprises, numeric=True),
        Column(
            "unanswered", gettext_lazy("Not answered yet"), lambda c: c.unanswered, numeric=True
        ),
        Column("founded_on", gettext_lazy("Begun on"), lambda c: c.founded_on, ("founded_on",)),
        Column("solved_on", gettext_lazy("Solved on"), lambda c: c.solved_on, muted=True),
    )

    @classmethod
    def rows_for(cls, user):
        # A figure tells no more than the page of the cause does.
        seen = Problem.objects.visible_to(user)
        return (
            super()
            .rows_for(user)
            .annotate(enterprises=enterprise_count(seen), unanswered=unanswered_count(seen))
        )

    def offers(self):
        proposes = role_may(self.request.user, "create", CommonCause)
        return super().offers() | {"proposals_url": reverse("cause_proposals") if proposes else ""}


class CauseDetailView(NounDetailView):
    """One common cause, and those of its problems that the asker may see."""

    model = CommonCause
    related = ("lead_unit", "lead_officer", "lead_officer__unit", "created_by", "created_by__unit")
    template = "causes/cause_detail.html"

    def subtitle(self, row):
        return row.lead_unit.name

    def page(self, request, row):
        self.problems = problems_of(row, request.user)
        return super().page(request, row)

    def badges(self, row):
        yield {"text": row.get_state_display(), "color": "blue" if row.is_open else "green"}
        late = sum(problem.is_overdue for problem in self.problems)
        if late:
            yield {
                "text": ngettext("%(count)d overdue", "%(count)d overdue", late) % {"count": late},
                "color": "red",
            }

    def facts(self, row):
        enterprises = {problem.enterprise_id for problem in self.problems}
        answered = sum(problem.state in State.HANDLED for problem in self.problems)
        return [
            (_("Lead unit"), row.lead_unit),
            (_("Lead officer"), named(row.lead_officer) if row.lead_officer else ""),
            (_("Begun on"), row.founded_on),
            (_("Founded by"), row.created_by.name if row.created_by else ""),
            (_("Problems"), self.counted(row)),
            (_("Enterprises"), len(enterprises)),
            (_("Answered"), f"{answered} / {len(self.problems)}"),
            (_("Places"), "、".join(places_of(self.problems))),
            *([(_("Solved on"), row.solved_on)] if row.solved_on else []),
        ]

    def counted(self, row):
        """The number of problems, and of how many the page tells, where these are not all."""
        if row.member_count == len(self.problems):
            return row.member_count
        return _("%(count)d, of which you may see %(seen)d") % {
            "count": row.member_count,
            "seen": len(self.problems),
        }

    def actions(self, row):
        changes = self.may("change", row)
        if row.is_open and changes:
            yield Action(
                _("Say how it was solved"),
                reverse("cause_solve", args=[row.uid]),
                icon="message-check",
                primary=True,
            )
        if not row.is_open and any(
            problem.state in State.LATE_POSSIBLE for problem in self.problems
        ):
            yield Action(
                _("Answer the problems"),
                reverse("cause_answers", args=[row.uid]),
                icon="message-check",
                primary=True,
            )
        if row.is_open and (changes or role_may(self.request.user, "create", CommonCause)):
            yield Action(_("Add problems"), reverse("cause_join", args=[row.uid]), icon="git-merge")
        if changes:
            if not row.is_open:
                yield Action(_("Reopen"), reverse("cause_reopen", args=[row.uid]), icon="refresh")
            yield Action(_("Edit"), reverse("cause_change", args=[row.uid]), icon="edit")

    def more(self, row):
        user, changes = self.request.user, self.may("change", row)
        for problem in self.problems:
            may_leave = changes or joins(user, problem)
            problem.leave_url = (
                reverse("cause_leave", args=[row.uid, problem.uid]) if may_leave else ""
            )
        return {
            "problems": self.problems[:SHOWN],
            "others": row.member_count - len(self.problems),
            "acts": acts_of(row, user),
            "more_url": f"{reverse('problem_list')}?cause={row.uid}" if self.problems else "",
        }


def problems_of(cause, user):
    """Those of the cause's problems that ``user`` may see, what is due first in front, each with
    all a page tells of it.
    """
    rows = (
        Problem.objects.visible_to(user)
        .filter(membership__cause=cause)
        .select_related(*RELATED, "enterprise__division", "membership")
    )
    return sorted(
        rows, key=lambda problem: (problem.state in State.HANDLED, problem.due_on, problem.pk)
    )


def places_of(problems):
    """The districts and counties of the problems' enterprises, those with most in front."""
    counts = {}
    for problem in problems:
        if problem.enterprise.division:
            name = problem.enterprise.division.name
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def acts_of(cause, user):
    """The newest acts of a cause's history without those on problems that ``user`` may not see, the
    first in front.

    What was done to several problems at once is one act with all of them.
    """
    seen = Q(problem__isnull=True) | Q(problem__in=Problem.objects.visible_to(user).values("pk"))
    told = []
    for step in reversed(
        cause.steps.filter(seen).select_related("by", "unit", "problem").order_by("-pk")[:ACTS]
    ):
        if not (
            told
            and step.problem
            and (told[-1].verb, told[-1].at, told[-1].by_id) == (step.verb, step.at, step.by_id)
        ):
            step.label, step.problems = ACT_LABELS.get(step.verb, step.verb), []
            told.append(step)
        if step.problem:
            told[-1].problems.append(step.problem)
    return told


class CauseCreateView(NounFormView):
    """Found a common cause, of the problems named in the address (``?problem=…``) or of none yet."""

    model = CommonCause
    action = "create"
    form_class = CauseFoundForm
    detail_name = "cause_detail"
    title = gettext_lazy("New common cause")
    template = "causes/cause_form.html"

    def row_for(self, request, **kwargs):
        uids = [
            uid for uid in map(uuid_or_none, request.GET.getlist("problem")[:MOST_AT_ONCE]) if uid
        ]
        rows = Problem.objects.visible_to(request.user).filter(uid__in=uids)
        self.offered = list(
            rows.select_related(*RELATED, "membership").order_by("-reported_on", "-pk")
        )

    def form_options(self):
        return {"offered": self.offered}

    def initial(self, request, **kwargs):
        first = self.offered[-1] if self.offered else None
        unit = (
            nearest_unit(
                [problem.dispatch_unit for problem in self.offered if problem.dispatch_unit]
            )
            or request.user.unit
        )
        officer = getattr(request.user, "officer", None)
        own = officer is not None and unit is not None and unit.pk == request.user.unit_id
        return {
            "title": first.title if first else "",
            "lead_unit": unit and unit.pk,
            "lead_number": officer.police_number if own else "",
        } | super().initial(request, **kwargs)

    def save(self, form, row):
        cause, _created = cause_found(
            uid=form.cleaned_data["uid"],
            payload=self.payload(form),
            values=form.values(),
            by=self.request.user,
        )
        return cause

    def more(self, form, row):
        chosen = set(form.data.getlist("problems")) if form.is_bound else None
        for problem in self.offered:
            problem.is_taken = getattr(problem, "membership", None) is not None
            problem.is_chosen = (
                str(problem.uid) in chosen
                if chosen is not None
                else not (problem.is_taken or problem.ended_on)
            )
        return {"offered": self.offered, "cancel_url": reverse("cause_list")}


def nearest_unit(units):
    """The smallest unit that all of ``units`` belong to; None without any."""
    if not units:
        return None
    paths = [[code for code in unit.path.split("/") if code] for unit in units]
    common = [codes[0] for codes in zip(*paths, strict=False) if len(set(codes)) == 1]
    return Unit.objects.filter(code=common[-1]).first() if common else None


class CauseChangeView(NounFormView):
    model = CommonCause
    action = "change"
    form_class = CauseForm
    detail_name = "cause_detail"
    title = gettext_lazy("Edit common cause")

    def save(self, form, row):
        return cause_change(
            row=row,
            values=form.values(),
            version=form.cleaned_data["version"],
            by=self.request.user,
        )
