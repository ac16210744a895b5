"""The pages that every noun has: a list, a detail page, a form.

A room's views only say what is particular.
"""

from crm.pages.generic.details import Action, NounDetailView, Panel
from crm.pages.generic.forms import FormState, NounFormView, add_errors, told
from crm.pages.generic.lists import LISTS, Column, NounListView
from crm.pages.generic.pages import PageView, VerbView, back_to, refused, row_or_missing

__all__ = [
    "LISTS",
    "Action",
    "Column",
    "FormState",
    "NounDetailView",
    "NounFormView",
    "NounListView",
    "PageView",
    "Panel",
    "VerbView",
    "add_errors",
    "back_to",
    "refused",
    "row_or_missing",
    "told",
]
