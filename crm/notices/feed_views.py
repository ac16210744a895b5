"""The calendar feed: the page where one makes and ends its address, and the feed itself."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from crm.models import CalendarFeed
from crm.notices.feeds import feed_file, feed_of, feed_renew, feed_revoke
from crm.pages.generic import PageView


class FeedView(PageView):
    """One's own calendar address: made, renewed, revoked.

    It is shown once, on the page that made it.
    """

    model = CalendarFeed

    def get(self, request):
        return self.page(request)

    def post(self, request):
        if "revoke" in request.POST:
            feed_revoke(by=request.user)
            messages.success(request, _("The address is revoked; it opens nothing any more."))
            return HttpResponseRedirect(reverse("calendar_feed"))
        return self.page(request, feed_renew(by=request.user))

    def page(self, request, secret=""):
        feed = CalendarFeed.objects.visible_to(request.user).first()
        address = (
            settings.PUBLIC_BASE_URL + reverse("calendar_file", args=[secret]) if secret else ""
        )
        return render(
            request,
            "account/calendar_feed.html",
            {"title": _("Calendar address"), "feed": feed, "address": address},
        )


class FeedFileView(View):
    """The calendar behind a secret address.

    Every address that opens nothing gets the same answer.
    """

    def get(self, request, secret):
        feed = feed_of(secret)
        if feed is None:
            return sealed(HttpResponseNotFound("404\n", content_type="text/plain"))
        answer = HttpResponse(feed_file(feed.owner), content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="liaison.ics"'
        return sealed(answer)


def sealed(answer):
    """An answer that nobody keeps or lists."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
