"""The files of problems: sent while a form is open, handed out to whoever may see the problem."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import Missing, NotAllowed, Refusal
from crm.pages.generic import PageView, row_or_missing
from crm.text.words import uuid_or_none
from crm.writing.audit import audit
from visits.attachments.asking import require_ready, state_shown
from visits.attachments.enclosing import Enclosing
from visits.attachments.services import attachment_drop, attachment_keep, files_waiting
from visits.models import Attachment, Problem
from visits.problems.attaching import attachment_show, may_attach, problem_attach


class AttachmentUploadView(PageView):
    """Take one file for a form that is being filled in; answers with its line as a fragment."""

    model = Attachment
    action = "create"

    def post(self, request, form_uid):
        upload = request.FILES.get("file")
        if upload is None:
            raise Missing(_("No file arrived. Please try again."))
        try:
            attachment = attachment_keep(form_uid=form_uid, upload=upload, by=request.user)
        except Refusal as refusal:
            return render(
                request,
                "attachments/photo_refused.html",
                {"sentence": str(refusal)},
                status=refusal.status,
            )
        return render(
            request, "attachments/file_waiting.html", {"file": attachment, "may_show": True}
        )


class AttachmentStateView(PageView):
    """How the check of a file goes, for the page that shows it: a form that is being filled in, or
    its problem's.
    """

    model = Attachment

    def get(self, request, uid):
        file = row_or_missing(
            Attachment.objects.visible_to(request.user).select_related("problem"), uid=uid
        )
        context = {
            "file": file,
            "may_show": True,
            "shown_files": [uuid_or_none(uid) for uid in request.GET.getlist("shown")],
        }
        if file.problem:
            context["may_attach"] = may_attach(request.user, file.problem)
        template = "attachments/file.html" if file.problem else "attachments/file_waiting.html"
        return state_shown(
            request, file, template, context, place=f"file-{uid}", address=request.path
        )


class AttachmentDropView(PageView):
    """Take back a file of a form that is not sent yet, or one of a problem that was refused."""

    model = Attachment
    action = "change"

    def post(self, request, uid):
        attachment = row_or_missing(
            Attachment.objects.visible_to(request.user).select_related("problem"), uid=uid
        )
        problem = attachment.problem
        if problem and not may_attach(request.user, problem):
            raise NotAllowed()
        attachment_drop(attachment=attachment, by=request.user)
        if problem and "HX-Request" not in request.headers:
            return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))
        return HttpResponse()


class AttachmentView(PageView):
    """The file, to be saved: no browser is asked to show what somebody sent.

    Every time is audited.
    """

    model = Attachment

    def get(self, request, uid):
        attachment = row_or_missing(Attachment.objects.visible_to(request.user), uid=uid)
        require_ready(attachment)
        audit("attachment.download", by=request.user, target=attachment, file=attachment.name)
        return handed_out(attachment)


class AttachmentPictureView(PageView):
    """A picture, which was written anew from its pixels alone, to be looked at: small in lists, or
    as it is kept.
    """

    model = Attachment
    sizes = {"small": "thumbnail", "large": "file"}

    def get(self, request, uid, size):
        if size not in self.sizes:
            raise Missing()
        attachment = row_or_missing(Attachment.objects.visible_to(request.user), uid=uid)
        require_ready(attachment)
        if not attachment.is_picture:
            raise Missing()
        path = settings.MEDIA_ROOT / getattr(attachment, self.sizes[size])
        if not path.is_file():
            raise Missing()
        response = FileResponse(path.open("rb"), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=86400, immutable"
        response["X-Content-Type-Options"] = "nosniff"
        return response


def handed_out(attachment):
    """The answer with a file that is ready, to be saved under the name that its sender gave it."""
    require_ready(attachment)
    path = settings.MEDIA_ROOT / attachment.file
    if not path.is_file():
        raise Missing()
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


class ProblemFilesView(Enclosing, PageView):
    """Add files to a problem outside its steps, with a remark."""

    model = Problem
    action = "change"

    def post(self, request, uid):
        problem = row_or_missing(Problem.objects.visible_to(request.user), uid=uid)
        self.keep_sent()
        for sentence in self.refused_files:
            messages.error(request, sentence)
        if (
            self.form_uid is not None
            and files_waiting(form_uid=self.form_uid, by=request.user).exists()
            or not self.refused_files
        ):
            try:
                problem_attach(
                    problem=problem,
                    form_uid=self.form_uid,
                    by=request.user,
                    why=request.POST.get("why", ""),
                )
            except Refusal as refusal:
                sentences = [
                    s for errors in refusal.extra.get("errors", {}).values() for s in errors
                ]
                messages.error(request, "；".join(map(str, sentences)) or str(refusal))
            else:
                messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))


class AttachmentShowView(PageView):
    """Let the enterprise see a file of its problem, or no longer."""

    model = Attachment
    action = "change"

    def post(self, request, uid):
        attachments = (
            Attachment.objects.visible_to(request.user)
            .filter(problem__isnull=False)
            .select_related("problem")
        )
        attachment = row_or_missing(attachments, uid=uid)
        try:
            attachment_show(attachment=attachment, shown="shown" in request.POST, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(
            reverse("problem_detail", args=[attachment.problem.uid]) + f"#file-{attachment.uid}"
        )
