"""The pages that every noun has: a list, a detail page, a form.

An app's views only say what is particular.
"""

from crm.pages.generic.details import Action, NounDetailView, Panel
from crm.pages.generic.forms import (
    FormPageView,
    NounChangeView,
    NounCreateView,
    RowFormView,
    add_errors,
)
from crm.pages.generic.lists import LISTS, Column, NounListView, moment
from crm.pages.generic.pages import (
    PageMixin,
    PageView,
    RowView,
    ScopedObjectMixin,
    TemplatePageView,
    VerbView,
    back_to,
    refused,
    row_or_missing,
)

__all__ = [
    "LISTS",
    "Action",
    "Column",
    "FormPageView",
    "NounChangeView",
    "NounCreateView",
    "NounDetailView",
    "NounListView",
    "PageMixin",
    "PageView",
    "Panel",
    "RowFormView",
    "RowView",
    "ScopedObjectMixin",
    "TemplatePageView",
    "VerbView",
    "add_errors",
    "back_to",
    "moment",
    "refused",
    "row_or_missing",
]
