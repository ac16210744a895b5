"""Problems in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(_("Problems"), "problem_list", "message-report", Role.BUSINESS, order=25, on_phone=True)
)
