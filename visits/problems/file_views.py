"""The files of problems: sent while a form is open, handed out to whoever may see the problem."""

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Missing, NotAllowed, Refusal
from crm.pages.generic import PageView, ScopedObjectMixin, VerbView
from crm.text.words import uuid_or_none
from crm.writing.audit import audit
from visits.attachments.asking import require_ready, state_shown
from visits.attachments.enclosing import Enclosing
from visits.attachments.services import attachment_drop, attachment_keep, files_waiting
from visits.attachments.upload_views import PictureView, UploadView
from visits.models import Attachment, Problem
from visits.problems.attaching import attachment_show, may_attach, problem_attach


class AttachmentUploadView(UploadView):
    """Take one file for a form that is being filled in."""

    model = Attachment
    field = "file"
    nothing_arrived = gettext_lazy("No file arrived. Please try again.")
    template_name = "attachments/file_waiting.html"

    def keep(self, upload: UploadedFile) -> Attachment:
        form_uid = self.kwargs["form_uid"]
        return attachment_keep(form_uid=form_uid, upload=upload, by=self.request.user)

    def context_of(self, kept: Attachment) -> dict:
        return {"file": kept, "may_show": True}


class AttachmentStateView(ScopedObjectMixin, PageView):
    """How the check of a file goes, for the page that shows it: a form that is being filled in, or
    its problem's.
    """

    model = Attachment
    related = ("problem",)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        file = self.get_object()
        context = {
            "file": file,
            "may_show": True,
            "shown_files": [uuid_or_none(uid) for uid in request.GET.getlist("shown")],
        }
        if file.problem:
            context["may_attach"] = may_attach(request.user, file.problem)
        template = "attachments/file.html" if file.problem else "attachments/file_waiting.html"
        return state_shown(
            request, file, template, context, place=f"file-{file.uid}", address=request.path
        )


class AttachmentDropView(ScopedObjectMixin, PageView):
    """Take back a file of a form that is not sent yet, or one of a problem that was refused."""

    model = Attachment
    action = "change"

    def get_queryset(self) -> QuerySet:
        return Attachment.objects.visible_to(self.request.user).select_related("problem")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        attachment = self.get_object()
        problem = attachment.problem
        if problem and not may_attach(request.user, problem):
            raise NotAllowed()
        attachment_drop(attachment=attachment, by=request.user)
        if problem and "HX-Request" not in request.headers:
            return HttpResponseRedirect(reverse("problem_detail", args=[problem.uid]))
        return HttpResponse()


class AttachmentView(ScopedObjectMixin, PageView):
    """The file, to be saved: no browser is asked to show what somebody sent.

    Every time is audited.
    """

    model = Attachment

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> FileResponse:
        attachment = self.get_object()
        require_ready(attachment)
        audit("attachment.download", by=request.user, target=attachment, file=attachment.name)
        return handed_out(attachment)


class AttachmentPictureView(PictureView):
    """A file that is a picture."""

    model = Attachment

    def is_picture(self, row: Attachment) -> bool:
        return row.is_picture


def handed_out(attachment: Attachment) -> FileResponse:
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


class ProblemFilesView(Enclosing, VerbView):
    """Add files to a problem outside its steps, with a remark."""

    model = Problem

    def get_queryset(self) -> QuerySet:
        return Problem.objects.visible_to(self.request.user)

    def perform(self) -> None:
        self.keep_sent()
        for sentence in self.refused_files:
            messages.error(self.request, sentence)
        waiting = (
            self.form_uid is not None
            and files_waiting(form_uid=self.form_uid, by=self.request.user).exists()
        )
        if waiting or not self.refused_files:
            self.attach()

    def attach(self) -> None:
        """What is good of what was sent becomes the problem's."""
        try:
            problem_attach(
                problem=self.object,
                form_uid=self.form_uid,
                by=self.request.user,
                why=self.request.POST.get("why", ""),
            )
        except Refusal as refusal:
            messages.error(self.request, refusal.reasons())
        else:
            messages.success(self.request, _("Saved."))

    def get_success_url(self) -> str:
        return reverse("problem_detail", args=[self.object.uid])


class AttachmentShowView(VerbView):
    """Let the enterprise see a file of its problem, or no longer."""

    model = Attachment

    def get_queryset(self) -> QuerySet:
        rows = Attachment.objects.visible_to(self.request.user).filter(problem__isnull=False)
        return rows.select_related("problem")

    def perform(self) -> None:
        shown, user = "shown" in self.request.POST, self.request.user
        try:
            attachment_show(attachment=self.object, shown=shown, by=user)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))

    def get_success_url(self) -> str:
        problem = reverse("problem_detail", args=[self.object.problem.uid])
        return f"{problem}#file-{self.object.uid}"
