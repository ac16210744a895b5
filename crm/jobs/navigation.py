"""What one ordered, in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(Entry(_("My downloads"), "job_list", "download", Role.ALL, order=95, on_phone=True))
