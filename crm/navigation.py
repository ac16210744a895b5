"""What is the core's own in the menu and belongs to no feature: the admin."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(
        _("Dictionaries"),
        "admin:index",
        "book-2",
        frozenset({Role.SYSTEM_ADMIN}),
        order=93,
        on_phone=True,
    )
)
