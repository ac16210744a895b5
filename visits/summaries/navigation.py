"""Visit summaries in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("Visit summaries"), "summary_list", "file-text", Role.BUSINESS, order=28))
