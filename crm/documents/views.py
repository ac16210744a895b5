"""Ordering an export of what a list's filters show."""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from crm.documents.exports import export_order
from crm.pages.generic import PageView


class ExportOrderView(PageView):
    """POST ``format`` (xlsx or csv) and ``query`` (the list's own query string)."""

    def post(self, request: HttpRequest, name: str) -> HttpResponseRedirect:
        query = QueryDict(request.POST.get("query", ""))
        job = export_order(
            name=name, query=query, file_format=request.POST.get("format", ""), by=request.user
        )
        return HttpResponseRedirect(reverse("job_detail", args=[job.uid]))
