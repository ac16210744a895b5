"""The bell, and what it rang for."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Invalid
from crm.models import Notice
from crm.notices.services import kind_of, notices_of, notices_read, unread_count
from crm.pages.filters import NounFilterSet, YesFilter
from crm.pages.generic import (
    Column,
    NounListView,
    PageView,
    ScopedObjectMixin,
    TemplatePageView,
    moment,
)
from crm.templatetags.crm import icon


class NoticeFilterSet(NounFilterSet):
    unread = YesFilter(Q(read_at__isnull=True), label=gettext_lazy("Unread"))

    class Meta:
        model = Notice
        fields = []


def said(notice) -> SafeString:
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
    filterset_class = NoticeFilterSet
    default_sort = "-at"
    title = gettext_lazy("Notices")
    empty_text = gettext_lazy("No notices here.")
    template_name = "account/notices.html"
    tabs = ((gettext_lazy("Unread"), {"unread": "1"}), (gettext_lazy("All"), {}))
    orderings = {"at": ("at",)}
    columns = (
        Column("title", gettext_lazy("About"), lambda notice: notice.title, main=True),
        Column("kind", gettext_lazy("Notice"), said),
        Column("day", gettext_lazy("Due on"), lambda notice: notice.day),
        Column(
            "time",
            gettext_lazy("Time"),
            lambda notice: moment(notice.at),
            muted=True,
        ),
    )

    @classmethod
    def rows_for(cls, user: AbstractBaseUser) -> QuerySet:
        return notices_of(user)

    def row_url(self, row: Notice) -> str:
        return reverse("notice_open", args=[row.pk])

    def row_class(self, row: Notice) -> str:
        return "is-muted" if row.read_at else "is-overdue" if kind_of(row).grave else "is-unread"

    def get_context_data(self, **kwargs: object) -> dict:
        """When the page was shown, for its button; the tabs are all the filter there is."""
        shown = {"shown_at": timezone.now().isoformat(), "filter": None, "filter_chips": []}
        return super().get_context_data(**kwargs) | shown


class NoticeOpenView(ScopedObjectMixin, PageView):
    """The way from a notice to what it is about; gone that way, it is read."""

    model = Notice

    def get_queryset(self) -> QuerySet:
        return notices_of(self.request.user)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseRedirect:
        notice = self.get_object()
        notices_read(by=request.user, pk=notice.pk)
        return HttpResponseRedirect(notice.path)


class NoticesReadView(PageView):
    """Mark as read what the page showed, and not what came since."""

    model = Notice
    action = "change"

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        try:
            until = datetime.datetime.fromisoformat(request.POST.get("until", ""))
            notices_read(
                by=request.user, until=until if until.tzinfo else timezone.make_aware(until)
            )
        except (ValueError, OverflowError):
            raise Invalid(_("Say up to when; the button of the page does.")) from None
        return HttpResponseRedirect(reverse("notice_list"))


class BellView(TemplatePageView):
    """The bell's inside, asked again each minute by pages that are looked at (crm.middleware: that
    is no activity).
    """

    model = Notice
    template_name = "generic/bell.html"

    def get_context_data(self, **kwargs: object) -> dict:
        unread = unread_count(self.request.user, anew=True)
        return super().get_context_data(unread=unread, **kwargs)
