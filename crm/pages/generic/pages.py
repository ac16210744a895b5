"""What every page shares: who may open it, refusals as pages, and a button that does one thing."""

from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import DetailView, TemplateView, View
from django.views.generic.base import ContextMixin
from django.views.generic.detail import SingleObjectMixin

from crm.db.scope import role_may
from crm.errors import Missing, NotAllowed, Refusal


class PageMixin(LoginRequiredMixin, ContextMixin):
    """A page that its ``model``'s roles may open for ``action``.

    Refusals become a page with their sentence, those met while it is drawn as well.
    """

    model = None
    action = "view"
    title = ""
    #: Django's form views would take a PUT for a POST.
    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        try:
            if self.model is not None and not role_may(request.user, self.action, self.model):
                raise NotAllowed()
            response = super().dispatch(request, *args, **kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except Refusal as refusal:
            return refused(request, refusal)

    def get_title(self) -> str:
        return self.title

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(**{"title": self.get_title()} | kwargs)


class ScopedObjectMixin(SingleObjectMixin):
    """The row that the address names, out of those that the person may see; Missing otherwise."""

    of = None  # the row's noun, where the page is about another one (``model``)
    related = ()
    slug_field = slug_url_kwarg = "uid"

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        rows = (
            self.of.objects.visible_to(user)
            if self.of is not None
            else self.model.objects.visible_to(user, self.action)
        )
        return rows.select_related(*self.related) if self.related else rows

    def get_object(self, queryset: QuerySet | None = None) -> Model:
        try:
            return super().get_object(queryset)
        except Http404:
            raise Missing() from None


class PageView(PageMixin, View):
    """A page that draws nothing itself: it leads on, or hands out a file or a fragment."""


class TemplatePageView(PageMixin, TemplateView):
    """A page that is drawn from its context (``get_context_data``)."""


class RowView(PageMixin, ScopedObjectMixin, DetailView):
    """A page, or a part of one, about the row of its address (``object``)."""


class VerbView(PageMixin, ScopedObjectMixin, View):
    """A button that does one thing with a row by POST (``perform``) and leads on."""

    action = "change"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        self.perform()
        return HttpResponseRedirect(self.get_success_url())


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page that tells a person why something was not done."""
    context = {"sentence": refusal.reasons(" ")}
    return render(request, "errors/refusal.html", context, status=refusal.status)


def row_or_missing(queryset: QuerySet, **lookup: object) -> Model:
    """The one row of an already scoped queryset; Missing for a foreign row and for no row alike."""
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Missing()
    return row


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The address within this site that a form was sent from (its field ``back``), else
    ``otherwise``.
    """
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise


def came_from(request: HttpRequest, otherwise: str = "/") -> str:
    """The page of this site from which a form was opened, however often it was refused since; else
    ``otherwise``.

    The form carries it in its field ``back``. A page elsewhere is never named: who sent a person
    here is not who leads them on.
    """
    back = request.POST.get("back")
    if back is None:
        back = _referrer_here(request)
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise


def _referrer_here(request: HttpRequest) -> str:
    """The path and query of another page of this site that led to ``request``.

    Empty for any other and for what is no address.
    """
    try:
        referrer = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    here = referrer.netloc == request.get_host() and referrer.path != request.path
    return urlunsplit(("", "", referrer.path, referrer.query, "")) if here else ""
