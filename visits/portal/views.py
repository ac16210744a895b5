"""The enterprise's portal: pages without login, behind a secret address.

They are given plain values and no rows: the enterprise's name, what it reported, the reply it was
given. Whatever does not open the portal gets one and the same page.
"""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic.base import ContextMixin

from crm.errors import Conflict, Invalid, Refusal
from crm.pages.generic import add_errors
from crm.text.words import uuid_or_none
from visits.attachments.asking import state_shown
from visits.attachments.enclosing import Enclosing
from visits.attachments.services import attachment_drop
from visits.models import Feedback
from visits.models.links import Purpose, link_behind
from visits.models.problems import State
from visits.portal.forms import ConfirmForm, DisputeForm, ReportForm
from visits.portal.presentation import (
    REPLY_SHOWN,
    file_line,
    file_lines,
    files_shown,
    look_address,
    report_lines,
    reports_of,
)
from visits.portal.services import feedback_give, problem_report
from visits.problems.file_views import handed_out
from visits.problems.workflow import WAITING

#: The address is a secret: no other site may read it from the Referer header. Current browsers take
#: the second value and send our origin, which the check of our own forms needs; older ones know only
#: the first.
HEADERS = {
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer, strict-origin",
    "Cache-Control": "no-store",
}


class PortalView(Enclosing, ContextMixin, View):
    """Whatever stands behind a secret: an answer to give, a problem to report, a file of either, or
    nothing.
    """

    may_show = False

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        self.link = link_behind(self.kwargs["secret"])

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = refused() if self.link is None else super().dispatch(request, self.link)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def sender(self) -> dict:
        return {"link": self.link}

    def get(self, request, link) -> HttpResponse | FileResponse:
        if "file" in request.GET:
            return self.file(link, uuid_or_none(request.GET["file"]))
        if "look" in request.GET:
            return self.look(link, uuid_or_none(request.GET["look"]))
        return self.report_page(link) if link.purpose == Purpose.REPORT else self.answer_page(link)

    def post(self, request, link) -> HttpResponse | HttpResponseRedirect:
        if "remove" in request.POST:
            return self.remove(link, uuid_or_none(request.POST["remove"]))
        if link.purpose == Purpose.REPORT:
            return self.report(link)
        return self.answered() if link.is_spent else self.answer(link)

    # --- confirm or dispute ---
    def answer_page(self, link, form=None, error="", status=200) -> HttpResponse:
        if link.is_spent:
            return self.answered()
        forms = {"confirm": ConfirmForm(auto_id="c_%s"), "dispute": DisputeForm(auto_id="d_%s")}
        if form is not None:
            forms["confirm" if isinstance(form, ConfirmForm) else "dispute"] = form
        facts = confirm_facts(link)
        template = "portal/confirm.html" if facts["waits"] else "portal/idle.html"
        return render(self.request, template, {**facts, **forms, "error": error}, status=status)

    def answer(self, link) -> HttpResponseRedirect | HttpResponse:
        """Take the answer; then the address says that it was taken, however often it is asked."""
        confirms = self.request.POST.get("answer") == Feedback.Answer.CONFIRM
        form = (
            ConfirmForm(self.request.POST, auto_id="c_%s")
            if confirms
            else DisputeForm(self.request.POST, auto_id="d_%s")
        )
        if form.is_valid():
            answer = Feedback.Answer.CONFIRM if confirms else Feedback.Answer.DISPUTE
            try:
                feedback_give(link=link, answer=answer, **form.cleaned_data)
            except Invalid as invalid:
                add_errors(form, invalid)
            except Conflict:  # somebody was faster: perhaps the same person, pressing twice
                link.refresh_from_db(fields=["used_at", "problem"])
                return self.answer_page(
                    link,
                    form,
                    error=_("This has just changed. Please look at it again."),
                    status=409,
                )
            else:
                return self.back()
        return self.answer_page(link, form, status=422)

    def answered(self) -> HttpResponse:
        return render(self.request, "portal/answered.html")

    def file(self, link, uid) -> HttpResponse | FileResponse:
        """A file that the enterprise sent or may see; every other text gets what opens nothing."""
        attachment = file_behind(link, uid)
        if (
            attachment is None
            or not attachment.is_ready
            or not (settings.MEDIA_ROOT / attachment.file).is_file()
        ):
            return refused()
        return handed_out(attachment)

    def look(self, link, uid) -> HttpResponse:
        """How the check of a file goes, for the page that shows it: one of a form that is not taken
        yet, or of a report.
        """
        waiting = (
            link.attachments.filter(uid=uid, problem__isnull=True).first()
            if link.purpose == Purpose.REPORT
            else None
        )
        attachment = waiting or file_behind(link, uid)
        if attachment is None:
            return refused()
        context = (
            {"file": waiting, "may_show": False} if waiting else {"file": file_line(attachment)}
        )
        template = "attachments/file_waiting.html" if waiting else "portal/file.html"
        return state_shown(
            self.request,
            attachment,
            template,
            context,
            place=f"file-{uid}",
            address=look_address(uid),
        )

    def remove(self, link, uid) -> HttpResponse | HttpResponseRedirect:
        """Take away a file that came through this link and was refused."""
        attachment = file_behind(link, uid)
        if attachment is None or attachment.link_id != link.pk or not attachment.is_refused:
            return refused()
        attachment_drop(attachment=attachment)
        return self.back()

    # --- report ---
    def report_page(self, link, form=None, error="", status=200) -> HttpResponse:
        context = self.get_context_data(
            enterprise=link.enterprise.name,
            form=form or ReportForm(),
            error=error,
            reports=list(report_lines(link)),
            sent="sent" in self.request.GET,
            most=settings.LINK_REPORTS_A_DAY,
        )
        return render(self.request, "portal/report.html", context, status=status)

    def report(self, link) -> HttpResponseRedirect | HttpResponse:
        self.keep_sent()
        form = ReportForm(self.request.POST)
        if form.is_valid() and not self.refused_files:
            try:
                problem_report(link=link, files=self.form_uid, **form.cleaned_data)
            except Invalid as invalid:
                add_errors(form, invalid)
            except Refusal as refusal:
                return self.report_page(link, form, error=str(refusal), status=refusal.status)
            else:
                return self.back("?sent")
        return self.report_page(link, form, status=422)

    def back(self, query="") -> HttpResponseRedirect:
        """Lead the browser to the same address, so that a reload sends nothing again."""
        return HttpResponseRedirect(self.request.path + query)


def refused() -> HttpResponse:
    """What everything gets that does not open the portal: not drawn for this request, so that no two
    can differ.
    """
    return HttpResponse(render_to_string("portal/refused.html"), status=404)


def confirm_facts(link) -> dict[str, Any]:
    """All that a confirm link tells, as plain values."""
    problem = link.problem
    return {
        "enterprise": link.enterprise.name,
        "subject": problem.title,
        "reported_on": problem.reported_on,
        "reply": problem.reply if problem.state in REPLY_SHOWN else "",
        "waits": problem.state in WAITING,
        "ended": problem.state in State.ENDED,
        "files": list(file_lines(problem)),
    }


def file_behind(link, uid) -> Any:
    """The file with this uid that the enterprise sees through the link, or None."""
    if link.is_spent:
        return None
    problems = (
        [link.problem] if link.problem_id else [report.problem for report in reports_of(link)]
    )
    return next(
        (file for problem in problems for file in files_shown(problem) if file.uid == uid), None
    )
