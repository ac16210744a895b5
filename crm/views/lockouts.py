"""The accounts that are locked after too many failures, and letting them be tried again."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.accounts import locked_accounts, lockout_release
from crm.models import User
from crm.views.base import PageView


class LockoutListView(PageView):
    """What is locked now, with the failures and the time of the last; for the security administrator."""

    model = User
    action = "role"

    def get(self, request):
        locked = locked_accounts()
        known = {user.police_number: user for user in User.objects.select_related("unit").filter(police_number__in=locked)}
        rows = [
            {"number": number, "user": known.get(number), "failures": failures, "last": last}
            for number, (failures, last) in locked.items()
        ]
        return render(request, "account/lockouts.html", {"title": _("Locked accounts"), "rows": rows})

    def post(self, request):
        number = request.POST.get("police_number", "")
        lockout_release(police_number=number, by=request.user)
        messages.success(request, _("%(number)s can log in again.") % {"number": number})
        return HttpResponseRedirect(reverse("lockout_list"))
