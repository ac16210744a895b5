"""Common causes in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Common causes"), "cause_list", "affiliate", Role.BUSINESS, order=26))
