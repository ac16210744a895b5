"""This app's entries of the menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu
from liaisons.models import may_call


def _serves(user) -> Any:
    """Whether ``user`` can have enterprises.

    Of officers by role it is known, and costs their pages no statement.
    """
    return user.role == Role.OFFICER or may_call(user)


menu.add(
    Entry(
        _("My enterprises"),
        "my_enterprises",
        "building-store",
        Role.BUSINESS,
        order=10,
        on_phone=True,
        wanted=_serves,
    ),
    Entry(_("Enterprises"), "enterprise_list", "buildings", Role.BUSINESS, order=30, on_phone=True),
    Entry(_("Contacts"), "contact_list", "address-book", Role.BUSINESS, order=40),
    Entry(_("Key projects"), "project_list", "crane", Role.BUSINESS, order=60),
    Entry(_("Assignments"), "assignment_list", "user-check", Role.BUSINESS, order=70),
    Entry(
        _("Imports"),
        "import_list",
        "file-import",
        frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER}),
        order=75,
    ),
    Entry(_("Officers"), "officer_list", "users", Role.BUSINESS | {Role.SYSTEM_ADMIN}, order=80),
)
