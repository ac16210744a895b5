"""Imports of enterprises in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(
        _("Imports"),
        "import_list",
        "file-import",
        frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER}),
        order=75,
    )
)
