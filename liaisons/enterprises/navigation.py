"""Enterprises in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(_("Enterprises"), "enterprise_list", "buildings", Role.BUSINESS, order=30, on_phone=True)
)
