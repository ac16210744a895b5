"""The calendar feed: the page where one makes and ends its address, and the feed itself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.models import CalendarFeed
from crm.notices.feeds import feed_file, feed_of, feed_renew, feed_revoke
from crm.pages.generic import TemplatePageView


class FeedView(TemplatePageView):
    """One's own calendar address: made, renewed, revoked.

    It is shown once, on the page that made it.
    """

    model = CalendarFeed
    template_name = "account/calendar_feed.html"
    title = gettext_lazy("Calendar address")

    def post(self, request: HttpRequest) -> HttpResponse:
        if "revoke" in request.POST:
            feed_revoke(by=request.user)
            messages.success(request, _("The address is revoked; it opens nothing any more."))
            return HttpResponseRedirect(reverse("calendar_feed"))
        secret = feed_renew(by=request.user)
        address = settings.PUBLIC_BASE_URL + reverse("calendar_file", args=[secret])
        return self.render_to_response(self.get_context_data(address=address))

    def get_context_data(self, **kwargs: object) -> dict:
        feed = CalendarFeed.objects.visible_to(self.request.user).first()
        return super().get_context_data(feed=feed, **kwargs)


class FeedFileView(View):
    """The calendar behind a secret address.

    Every address that opens nothing gets the same answer.
    """

    def get(self, request, secret) -> HttpResponseNotFound | HttpResponse:
        feed = feed_of(secret)
        if feed is None:
            return sealed(HttpResponseNotFound("404\n", content_type="text/plain"))
        answer = HttpResponse(feed_file(feed.owner), content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="liaison.ics"'
        return sealed(answer)


def sealed(answer) -> Any:
    """An answer that nobody keeps or lists."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
