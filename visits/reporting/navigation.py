"""The dashboard in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Dashboard"), "dashboard", "chart-bar", Role.MANAGERS, order=5, on_phone=True))
