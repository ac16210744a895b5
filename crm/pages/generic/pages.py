"""What every page shares: who may open it, refusals as pages, and a button that does one thing."""

from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from crm.db.scope import role_may
from crm.errors import Missing, NotAllowed, Refusal


class PageView(LoginRequiredMixin, View):
    """A page that its ``model``'s roles may open for ``action``.

    Refusals become a page with their sentence.
    """

    model = None
    action = "view"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        try:
            if self.model is not None and not role_may(request.user, self.action, self.model):
                raise NotAllowed()
            return super().dispatch(request, *args, **kwargs)
        except Refusal as refusal:
            return refused(request, refusal)


def refused(request, refusal):
    """The page that tells a person why something was not done."""
    errors = refusal.extra.get("errors", {})
    told = " ".join(str(sentence) for sentences in errors.values() for sentence in sentences)
    return render(
        request, "errors/refusal.html", {"sentence": told or str(refusal)}, status=refusal.status
    )


def row_or_missing(queryset, **lookup):
    """The one row of an already scoped queryset; Missing for a foreign row and for no row alike."""
    row = queryset.filter(**lookup).first()
    if row is None:
        raise Missing()
    return row


def back_to(request, otherwise):
    """The address within this house that a form was sent from (its field ``back``), else
    ``otherwise``.
    """
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise


def came_from(request, otherwise="/"):
    """The page of this house from which a form was opened, however often it was refused since; else
    ``otherwise``.

    The form carries it in its field ``back``. A page elsewhere is never named: who sent a person
    here is not who leads them on.
    """
    back = request.POST.get("back")
    if back is None:
        back = _referrer_here(request)
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else otherwise


def _referrer_here(request):
    """The path and query of another page of this house that led to ``request``.

    Empty for any other and for what is no address.
    """
    try:
        referrer = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    here = referrer.netloc == request.get_host() and referrer.path != request.path
    return urlunsplit(("", "", referrer.path, referrer.query, "")) if here else ""


class VerbView(PageView):
    """A button that does one thing by POST and comes back: ``run(row)`` calls the verb and returns
    an address.
    """

    action = "change"

    def post(self, request, uid):
        row = row_or_missing(self.model.objects.visible_to(request.user, self.action), uid=uid)
        return redirect(self.run(row))
