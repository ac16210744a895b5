"""Lists with their filters, kept under a name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.models import SavedLink
from crm.pages.generic import LISTS, PageView, VerbView
from crm.pages.saved import link_save
from crm.writing.audit import audit


def _require_fit(name: str, path: str, query: str) -> None:
    """Invalid for an address that the table cannot hold."""
    if len(path) > 200 or len(query) > 2000 or "\0" in name + path + query:
        raise Invalid(
            _(
                "This address cannot be kept: it is too long or holds characters that no address has."
            )
        )


class SavedLinkCreateView(PageView):
    """Keep the list one looks at; the same name again replaces the filter."""

    model = SavedLink
    action = "create"

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        name, path = request.POST.get("name", "").strip()[:60], request.POST.get("path", "")
        query = request.POST.get("query", "")
        try:
            found = resolve(path)
        except Resolver404:
            raise Invalid(_("This is no page of this system.")) from None
        if not name:
            raise Invalid(_("Give the list a name."))
        _require_fit(name, path, query)
        if found.url_name in LISTS:
            query = LISTS[found.url_name].filterset_class.sealed_query(QueryDict(query)).urlencode()
        link = link_save(name=name, path=path, query=query, by=request.user)
        messages.success(request, _("“%(name)s” is kept.") % {"name": link.name})
        return HttpResponseRedirect(f"{link.path}?{link.query}")


class SavedLinkDeleteView(VerbView):
    """Forget a kept list; leads back to it."""

    model = SavedLink

    def perform(self) -> None:
        link = self.object
        audit("savedlink.delete", by=self.request.user, target=link, name=link.name)
        link.delete()

    def get_success_url(self) -> str:
        return self.object.path
