"""Key projects in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Key projects"), "project_list", "crane", Role.BUSINESS, order=60))
