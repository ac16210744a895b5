"""The ground's own entries of the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.navigation import Entry

ENTRIES = (
    Entry(_("Units"), "unit_list", "sitemap", Role.ALL, order=90),
    Entry(_("My downloads"), "job_list", "download", Role.ALL, order=95, on_phone=True),
    Entry(_("Audit log"), "audit_list", "list-search", frozenset({Role.AUDIT_ADMIN}), order=99),
)
