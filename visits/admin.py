"""This room's dictionaries in the admin."""

from crm.admin import DictionaryAdmin, site
from visits.models import HandlingLimit, ProblemCategory, ServiceItem, Topic


class WordAdmin(DictionaryAdmin):
    list_display = ("code", "name", "position", "retired")
    list_filter = ("retired",)
    search_fields = ("code", "name")

    def get_readonly_fields(self, request, obj=None):
        return ("code",) if obj is not None else ()


class ProblemCategoryAdmin(WordAdmin):
    list_display = ("code", "name", "parent", "is_police_matter", "position", "retired")
    list_select_related = ("parent",)


class HandlingLimitAdmin(DictionaryAdmin):
    list_display = ("urgency", "category", "amount", "measure")
    list_filter = ("urgency",)
    list_select_related = ("category",)


site.register(Topic, WordAdmin)
site.register(ServiceItem, WordAdmin)
site.register(ProblemCategory, ProblemCategoryAdmin)
site.register(HandlingLimit, HandlingLimitAdmin)
