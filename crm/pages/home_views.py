"""The first page after logging in: each role's own."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views import View

from crm.models import Role

#: role → the name of its first page
FIRST_PAGES = {
    Role.OFFICER: "my_enterprises",
    Role.STATION_HEAD: "dashboard",
    Role.COUNTY_MANAGER: "dashboard",
    Role.CITY_MANAGER: "dashboard",
    Role.SYSTEM_ADMIN: "account_list",
    Role.SECURITY_ADMIN: "lockout_list",
    Role.AUDIT_ADMIN: "audit_list",
}


class HomeView(LoginRequiredMixin, View):
    def get(self, request) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(FIRST_PAGES[request.user.role]))
