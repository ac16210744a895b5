"""Officers in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(_("Officers"), "officer_list", "users", Role.BUSINESS | {Role.SYSTEM_ADMIN}, order=80)
)
