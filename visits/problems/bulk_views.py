"""What is done with several problems of the list at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import Missing, Refusal
from crm.models import Unit
from crm.pages.generic import PageView, back_to
from crm.text.words import uuid_or_none
from visits.models import Problem
from visits.problems import workflow  # noqa: F401  (fills the table)
from visits.problems.step_views import RELATED
from visits.problems.workflow.engine import TABLE, take_step

#: How many problems one press moves.
MOST_AT_ONCE = 100


class ProblemBulkView(PageView):
    """Accept or assign several problems.

    Each by itself, so that one that may not be moved keeps no other back.
    """

    model = Problem
    verbs = ("accept", "assign")

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
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

    def back(self, request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(back_to(request, reverse("problem_list")))

    def unit(self, key: str) -> Unit | None:
        """The open unit with the primary key ``key``, or None.

        What is longer than any key is none.
        """
        return (
            Unit.objects.filter(pk=key, closed_on__isnull=True).first()
            if key.isascii() and key.isdigit() and len(key) < 16
            else None
        )

    def tell(
        self, request: HttpRequest, label: str, done: int, refused: dict[str, list[str]]
    ) -> None:
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
