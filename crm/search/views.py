"""Find anything by typing."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views import View

from crm.search.index import find_everywhere


class SearchView(LoginRequiredMixin, View):
    """The results for the box (asked by htmx), or as a page of their own."""

    def get(self, request):
        query = request.GET.get("q", "").strip()[:100]
        context = {"query": query, "groups": find_everywhere(query, request.user) if query else []}
        fragment = request.headers.get("HX-Request") == "true"
        return render(
            request,
            "generic/search_results.html" if fragment else "generic/search_page.html",
            context,
        )
