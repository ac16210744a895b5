"""The page on which one says how the ledger of a list of problems is to look, and orders it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.db.scope import role_may
from crm.documents.exports import asked
from crm.errors import Refusal
from crm.pages.generic import FormPageView
from visits.ledgers.forms import LedgerForm
from visits.ledgers.services import LIST, layout_for, layout_forget, ledger_order
from visits.models import LedgerLayout, Problem
from visits.problems.filters import ProblemFilterSet


class LedgerView(FormPageView):
    """The address carries the list's own query.

    POST orders, moves a column (``move``) or begins anew (``reset``).
    """

    model = Problem
    object = None
    form_class = LedgerForm
    template_name = "ledgers/ledger_form.html"
    title = gettext_lazy("Ledger (Excel)")
    success_message = gettext_lazy("Ordered. The ledger is being made.")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # From the list, which knows its filters when the button is pressed.
        if "query" in request.POST:
            return HttpResponseRedirect(self.address(QueryDict(request.POST["query"])))
        if "reset" in request.POST:
            layout_forget(by=request.user)
            return HttpResponseRedirect(request.get_full_path())
        if "move" in request.POST:
            form = self.get_form()
            form.move(*request.POST["move"].partition(":")[::2])
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def get_form(self, form_class: type[LedgerForm] | None = None) -> LedgerForm:
        """The form as it was sent, else with the layout that counts for the person."""
        user = self.request.user
        unit = user.unit if role_may(user, "share", LedgerLayout) else None
        if self.request.method == "POST":
            return LedgerForm(self.request.POST, unit=unit)
        return LedgerForm(layout=layout_for(user), unit=unit)

    def perform(self, form: LedgerForm) -> None:
        self.object = ledger_order(
            query=self.query(), columns=form.shown, by=self.request.user, **form.cleaned_data
        )

    def form_refused(self, form: LedgerForm, refusal: Refusal) -> HttpResponse:
        return self.form_invalid(form, status=refusal.status, error=str(refusal))

    def get_success_url(self) -> str:
        return reverse("job_detail", args=[self.object.uid])

    def get_cancel_url(self) -> str:
        return f"{reverse(LIST)}?{self.query().urlencode()}"

    def query(self) -> QueryDict:
        query = self.request.GET.copy()
        query.pop("cursor", None)
        return query

    def address(self, query: QueryDict) -> str:
        query = query.copy()
        query.pop("cursor", None)
        return (
            f"{reverse('problem_ledger')}?{query.urlencode()}"
            if query
            else reverse("problem_ledger")
        )

    def get_context_data(self, **kwargs: object) -> dict:
        user = self.request.user
        # A filter that cannot be understood is refused here already.
        asked(LIST, self.query(), user)
        rows = Problem.objects.visible_to(user)
        filters = ProblemFilterSet(self.query(), queryset=rows, user=user)
        return super().get_context_data(chips=list(filters.active()), **kwargs)
