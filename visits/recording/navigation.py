"""Visits in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Visits"), "visit_list", "clipboard-text", Role.BUSINESS, order=20, on_phone=True))
