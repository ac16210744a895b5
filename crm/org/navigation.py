"""Units, accounts and the audit log in the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(_("Units"), "unit_list", "sitemap", Role.ALL, order=90),
    Entry(
        _("Accounts"), "account_list", "id-badge-2", Role.ADMINISTRATORS, order=91, on_phone=True
    ),
    Entry(
        _("Locked accounts"),
        "lockout_list",
        "lock",
        frozenset({Role.SECURITY_ADMIN}),
        order=92,
        on_phone=True,
    ),
    Entry(
        _("Audit log"),
        "audit_list",
        "list-search",
        frozenset({Role.AUDIT_ADMIN}),
        order=5,
        on_phone=True,
    ),
)
