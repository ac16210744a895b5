"""The forms of problems: reporting one, with those like it, and correcting it."""

from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.errors import Invalid
from crm.pages.generic import NounChangeView, NounCreateView, RowView, row_or_missing
from crm.text.words import shortened
from liaisons.models import Enterprise
from visits.attachments.enclosing import Enclosing
from visits.models import Problem, Visit
from visits.problems.forms import ProblemForm
from visits.problems.services import problem_change, problem_register
from visits.problems.similar import similar_problems
from visits.problems.workflow.engine import TABLE, obstacle


class ProblemCreateView(Enclosing, NounCreateView):
    """Report a problem of an enterprise, within a visit (``?visit=``), from a telephone call
    (``?source=phone``) or by itself.
    """

    model = Problem
    form_class = ProblemForm
    service = staticmethod(problem_register)
    detail_name = "problem_detail"
    title = gettext_lazy("Report a problem")
    template_name = "problems/problem_form.html"

    @cached_property
    def enterprise(self) -> Enterprise:
        rows = Enterprise.objects.visible_to(self.request.user)
        return row_or_missing(rows, uid=self.kwargs["uid"])

    @cached_property
    def visit(self) -> Visit | None:
        """The visit of the address, where it names one."""
        if not self.request.GET.get("visit"):
            return None
        visits = Visit.objects.visible_to(self.request.user, "change").filter(
            enterprise=self.enterprise
        )
        return row_or_missing(
            visits.select_related("officer", "unit"), uid=self.request.GET["visit"]
        )

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.keep_sent()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"enterprise": self.enterprise, "visit": self.visit}

    def perform(self, form: ProblemForm) -> None:
        if self.refused_files:
            raise Invalid(errors={"files": self.refused_files})
        super().perform(form)

    def get_service_kwargs(self, form: ProblemForm) -> dict:
        return super().get_service_kwargs(form) | {
            "values": form.values() | {"enterprise": self.enterprise, "visit": self.visit},
            "files": self.form_uid,
            "shown": self.shown_files(),
        }

    def get_payload(self, form: ProblemForm) -> dict:
        return super().get_payload(form) | {
            "enterprise": str(self.enterprise.uid),
            "visit": str(self.visit and self.visit.uid),
        }

    def get_cancel_url(self) -> str:
        return reverse("enterprise_detail", args=[self.enterprise.uid])

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(subtitle=str(self.enterprise), **kwargs)


class ProblemChangeView(NounChangeView):
    model = Problem
    form_class = ProblemForm
    service = staticmethod(problem_change)
    detail_name = "problem_detail"
    title = gettext_lazy("Edit problem")


class SimilarProblemsView(RowView):
    """Problems like the title that is being typed, as a fragment below it."""

    model = Problem
    action = "create"
    of = Enterprise
    template_name = "problems/similar.html"

    def get_context_data(self, **kwargs: object) -> dict:
        typed = (value for name, value in self.request.GET.items() if name.endswith("title"))
        title = next(typed, "")[:120]
        found = similar_problems(title, enterprise=self.object, user=self.request.user)
        lines = [self.line(problem, share, title) for problem, share in found]
        return super().get_context_data(similar=lines, **kwargs)

    def line(self, problem: Problem, share: float, title: str) -> dict:
        """What is shown of one: how it was solved, and the way to join it where it is this
        enterprise's and open.
        """
        here = problem.enterprise_id == self.object.pk
        joined = here and obstacle(TABLE["again"], problem, self.request.user) is None
        again = (
            f"{reverse('problem_step', args=[problem.uid, 'again'])}?{urlencode({'why': title})}"
        )
        return {
            "problem": problem,
            "share": round(100 * share),
            "here": here,
            "how": shortened(problem.reply or problem.result, 80),
            "again_url": again if joined else "",
        }
