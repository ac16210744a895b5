"""The pages that every noun has: a list, a detail page, a form. A room's views only say what is particular."""

from crm.views.base.details import Action, NounDetailView, Panel
from crm.views.base.forms import FormState, NounFormView, add_errors, told
from crm.views.base.lists import LISTS, Column, NounListView
from crm.views.base.pages import PageView, VerbView, back_to, refused, row_or_missing

__all__ = [
    "LISTS", "Action", "Column", "FormState", "NounDetailView", "NounFormView", "NounListView", "PageView", "Panel", "VerbView",
    "add_errors", "back_to", "refused", "row_or_missing", "told",
]  # fmt: skip
