"""Contacts in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Contacts"), "contact_list", "address-book", Role.BUSINESS, order=40))
