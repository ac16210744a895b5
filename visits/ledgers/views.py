"""The page on which one says how the ledger of a list of problems is to look, and orders it."""

from django.contrib import messages
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.documents.exports import asked
from crm.errors import Refusal
from crm.pages.generic import PageView
from visits.ledgers.forms import LedgerForm
from visits.ledgers.services import LIST, layout_for, layout_forget, ledger_order
from visits.models import LedgerLayout, Problem
from visits.problems.filters import ProblemFilterSet


class LedgerView(PageView):
    """The address carries the list's own query.

    POST orders, moves a column (``move``) or begins anew (``reset``).
    """

    model = Problem
    template = "ledgers/ledger_form.html"

    def get(self, request):
        return self.show(LedgerForm(layout=layout_for(request.user), unit=self.unit()))

    def post(self, request):
        # From the list, which knows its filters when the button is pressed.
        if "query" in request.POST:
            return HttpResponseRedirect(self.address(QueryDict(request.POST["query"])))
        if "reset" in request.POST:
            layout_forget(by=request.user)
            return HttpResponseRedirect(request.get_full_path())
        form = LedgerForm(request.POST, unit=self.unit())
        if "move" in request.POST:
            form.move(*request.POST["move"].partition(":")[::2])
            return self.show(form)
        error, status = "", 422
        if form.is_valid():
            try:
                job = ledger_order(
                    query=self.query(), columns=form.shown, by=request.user, **form.cleaned_data
                )
            except Refusal as refusal:
                error, status = str(refusal), refusal.status
            else:
                messages.success(request, _("Ordered. The ledger is being made."))
                return HttpResponseRedirect(reverse("job_detail", args=[job.uid]))
        return self.show(form, error, status)

    def unit(self):
        """The unit for which this person may set the layout."""
        user = self.request.user
        return user.unit if role_may(user, "share", LedgerLayout) else None

    def query(self):
        query = self.request.GET.copy()
        query.pop("cursor", None)
        return query

    def address(self, query):
        query = query.copy()
        query.pop("cursor", None)
        return (
            f"{reverse('problem_ledger')}?{query.urlencode()}"
            if query
            else reverse("problem_ledger")
        )

    def show(self, form, error="", status=200):
        # A filter that cannot be understood is refused here already.
        asked(LIST, self.query(), self.request.user)
        filters = ProblemFilterSet(
            self.query(),
            queryset=Problem.objects.visible_to(self.request.user),
            user=self.request.user,
        )
        context = {
            "form": form,
            "title": _("Ledger (Excel)"),
            "error": error,
            "chips": list(filters.active()),
            "cancel_url": f"{reverse(LIST)}?{self.query().urlencode()}",
        }
        return render(self.request, self.template, context, status=status)
