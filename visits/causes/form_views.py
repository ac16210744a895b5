"""The forms of common causes: founding one, and correcting it."""

from collections.abc import Iterable
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.models import Unit
from crm.pages.generic import NounChangeView, NounCreateView
from crm.text.words import uuid_or_none
from visits.causes.forms import CauseForm, CauseFoundForm
from visits.causes.joining import MOST_AT_ONCE
from visits.causes.services import cause_change, cause_found
from visits.models import CommonCause, Problem
from visits.problems.step_views import RELATED


class CauseCreateView(NounCreateView):
    """Found a common cause, of the problems named in the address (``?problem=…``) or of none yet."""

    model = CommonCause
    form_class = CauseFoundForm
    service = staticmethod(cause_found)
    detail_name = "cause_detail"
    title = gettext_lazy("New common cause")
    template_name = "causes/cause_form.html"

    @cached_property
    def offered(self) -> list[Problem]:
        """The problems of the address, the newest first."""
        named = self.request.GET.getlist("problem")[:MOST_AT_ONCE]
        uids = [uid for uid in map(uuid_or_none, named) if uid]
        rows = Problem.objects.visible_to(self.request.user).filter(uid__in=uids)
        return list(rows.select_related(*RELATED, "membership").order_by("-reported_on", "-pk"))

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"offered": self.offered}

    def get_initial(self) -> dict:
        if self.request.method == "POST":
            return {}
        user, first = self.request.user, self.offered[-1] if self.offered else None
        units = [problem.dispatch_unit for problem in self.offered if problem.dispatch_unit]
        unit = nearest_unit(units) or user.unit
        officer = getattr(user, "officer", None)
        own = officer is not None and unit is not None and unit.pk == user.unit_id
        return {
            "title": first.title if first else "",
            "lead_unit": unit and unit.pk,
            "lead_number": officer.police_number if own else "",
        } | super().get_initial()

    def get_cancel_url(self) -> str:
        return reverse("cause_list")

    def get_context_data(self, **kwargs: object) -> dict:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        chosen = set(form.data.getlist("problems")) if form.is_bound else None
        for problem in self.offered:
            problem.is_taken = getattr(problem, "membership", None) is not None
            problem.is_chosen = (
                str(problem.uid) in chosen
                if chosen is not None
                else not (problem.is_taken or problem.ended_on)
            )
        return context | {"offered": self.offered}


def nearest_unit(units: Iterable[Unit]) -> Unit | None:
    """The smallest unit that all of ``units`` belong to; None without any."""
    paths = [[code for code in unit.path.split("/") if code] for unit in units]
    common = [codes[0] for codes in zip(*paths, strict=False) if len(set(codes)) == 1]
    return Unit.objects.filter(code=common[-1]).first() if common else None


class CauseChangeView(NounChangeView):
    model = CommonCause
    form_class = CauseForm
    service = staticmethod(cause_change)
    detail_name = "cause_detail"
    title = gettext_lazy("Edit common cause")
