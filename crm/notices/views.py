"""The bell, and what it rang for."""

import datetime

from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Invalid
from crm.models import Notice
from crm.notices.services import kind_of, notices_of, notices_read, unread_count
from crm.pages.filters import NounFilterSet, YesFilter
from crm.pages.generic import Column, NounListView, PageView, row_or_missing
from crm.templatetags.crm import icon


class NoticeFilterSet(NounFilterSet):
    unread = YesFilter(Q(read_at__isnull=True), label=gettext_lazy("Unread"))

    class Meta:
        model = Notice
        fields = []


def said(notice):
    """What a notice says, with its icon."""
    kind = kind_of(notice)
    return format_html(
        '<span class="notice-kind{}">{}{}</span>',
        " is-grave" if kind.grave else "",
        icon(kind.icon),
        kind.label,
    )


class NoticeListView(NounListView):
    """One's own notices, the newest first; the bell leads to the unread ones."""

    model = Notice
    filterset = NoticeFilterSet
    default_sort = "-at"
    title = gettext_lazy("Notices")
    empty_text = gettext_lazy("No notices here.")
    template = "account/notices.html"
    tabs = ((gettext_lazy("Unread"), {"unread": "1"}), (gettext_lazy("All"), {}))
    orderings = {"at": ("at",)}
    columns = (
        Column("title", gettext_lazy("About"), lambda notice: notice.title, main=True),
        Column("kind", gettext_lazy("Notice"), said),
        Column("day", gettext_lazy("Due on"), lambda notice: notice.day),
        Column(
            "time",
            gettext_lazy("Time"),
            lambda notice: date_format(timezone.localtime(notice.at), "Y-m-d H:i"),
            muted=True,
        ),
    )

    @classmethod
    def rows_for(cls, user):
        return notices_of(user)

    def row_url(self, row):
        return reverse("notice_open", args=[row.pk])

    def row_class(self, row):
        return "is-muted" if row.read_at else "is-overdue" if kind_of(row).grave else "is-unread"

    def offers(self):
        """When the page was shown, for its button; the tabs are all the filter there is."""
        return {"shown_at": timezone.now().isoformat(), "filter": None, "filter_chips": []}


class NoticeOpenView(PageView):
    """The way from a notice to what it is about; gone that way, it is read."""

    model = Notice

    def get(self, request, pk):
        notice = row_or_missing(notices_of(request.user), pk=pk)
        notices_read(by=request.user, pk=notice.pk)
        return HttpResponseRedirect(notice.path)


class NoticesReadView(PageView):
    """Mark as read what the page showed, and not what came since."""

    model = Notice
    action = "change"

    def post(self, request):
        try:
            until = datetime.datetime.fromisoformat(request.POST.get("until", ""))
            notices_read(
                by=request.user, until=until if until.tzinfo else timezone.make_aware(until)
            )
        except (ValueError, OverflowError):
            raise Invalid(_("Say up to when; the button of the page does.")) from None
        return HttpResponseRedirect(reverse("notice_list"))


class BellView(PageView):
    """The bell's inside, asked again each minute by pages that are looked at (crm.middleware: that
    is no activity).
    """

    model = Notice

    def get(self, request):
        return render(
            request, "generic/bell.html", {"unread": unread_count(request.user, anew=True)}
        )
