"""This app's entries of the menu."""

from django.utils.translation import gettext_lazy as _

from crm.models import Role
from crm.pages.navigation import Entry, menu

menu.add(
    Entry(_("Dashboard"), "dashboard", "chart-bar", Role.MANAGERS, order=5, on_phone=True),
    Entry(_("Visits"), "visit_list", "clipboard-text", Role.BUSINESS, order=20, on_phone=True),
    Entry(_("Common causes"), "cause_list", "affiliate", Role.BUSINESS, order=26),
    Entry(_("Visit summaries"), "summary_list", "file-text", Role.BUSINESS, order=28),
    Entry(_("Problems"), "problem_list", "message-report", Role.BUSINESS, order=25, on_phone=True),
)
