"""What uploads of photos and of files have in common: taking one, and showing a picture."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from crm.errors import Missing, Refusal
from crm.pages.generic import PageView, ScopedObjectMixin
from visits.attachments.asking import require_ready
from visits.models import Attachment, Photo


class UploadView(PageView):
    """Take one upload for a form that is being filled in; answers with its line as a fragment."""

    action = "create"
    field = ""  # of the form
    nothing_arrived = ""  # the sentence
    template_name = ""

    def keep(self, upload: UploadedFile) -> Attachment | Photo:
        raise NotImplementedError

    def context_of(self, kept: Attachment | Photo) -> dict:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        upload = request.FILES.get(self.field)
        if upload is None:
            raise Missing(self.nothing_arrived)
        try:
            kept = self.keep(upload)
        except Refusal as refusal:
            context = {"sentence": str(refusal)}
            return render(request, "attachments/photo_refused.html", context, status=refusal.status)
        return render(request, self.template_name, self.context_of(kept))


class PictureView(ScopedObjectMixin, PageView):
    """A picture, which was written anew from its pixels alone, to be looked at: small in lists, or
    as it is kept.
    """

    sizes = {"small": "thumbnail", "large": "file"}

    def is_picture(self, row: Attachment | Photo) -> bool:
        return True

    def get(self, request: HttpRequest, *args: object, size: str, **kwargs: object) -> FileResponse:
        if size not in self.sizes:
            raise Missing()
        row = self.get_object()
        require_ready(row)
        path = settings.MEDIA_ROOT / getattr(row, self.sizes[size])
        if not self.is_picture(row) or not path.is_file():
            raise Missing()
        response = FileResponse(path.open("rb"), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=86400, immutable"
        response["X-Content-Type-Options"] = "nosniff"
        return response
