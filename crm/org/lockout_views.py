"""What is locked after too many failures, accounts and addresses, and letting it be tried again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import User
from crm.org.lockouts import locked_now, lockout_release
from crm.pages.generic import TemplatePageView


class LockoutListView(TemplatePageView):
    """What is locked now, with the address, the failures and the time of the last.

    For the security administrator.
    """

    model = User
    action = "role"
    template_name = "account/lockouts.html"
    title = gettext_lazy("Locked accounts")

    def get_context_data(self, **kwargs: object) -> dict:
        rows = locked_now()
        numbers = {row["number"] for row in rows if "number" in row}
        known = {
            user.police_number: user
            for user in User.objects.select_related("unit").filter(police_number__in=numbers)
        }
        for row in rows:
            row["user"] = known.get(row.get("number"))
        return super().get_context_data(rows=rows, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        number, place = request.POST.get("police_number", ""), request.POST.get("place", "")
        lockout_release(police_number=number, place=place, by=request.user)
        messages.success(request, _("%(number)s can log in again.") % {"number": number or place})
        return HttpResponseRedirect(reverse("lockout_list"))
