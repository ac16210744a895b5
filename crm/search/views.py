"""Find anything by typing."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from crm.search.index import find_everywhere


class SearchView(LoginRequiredMixin, TemplateView):
    """The results for the box (asked by htmx), or as a page of their own."""

    def get_template_names(self) -> list[str]:
        fragment = self.request.headers.get("HX-Request") == "true"
        return ["generic/search_results.html" if fragment else "generic/search_page.html"]

    def get_context_data(self, **kwargs: object) -> dict:
        query = self.request.GET.get("q", "").strip()[:100]
        groups = find_everywhere(query, self.request.user) if query else []
        return super().get_context_data(query=query, groups=groups, **kwargs)
