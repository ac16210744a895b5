"""The photos of visits: sent while one is typed or later, shown to whoever may see the visit."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.db.scope import may
from crm.errors import Refusal
from crm.pages.generic import PageView, ScopedObjectMixin, VerbView
from visits.attachments.asking import state_shown
from visits.attachments.photos import photo_drop, photo_keep
from visits.attachments.upload_views import PictureView, UploadView
from visits.models import Photo, Visit
from visits.recording.services import visit_add_photo


class VisitPhotoView(VerbView):
    """Add pictures to a visit that is recorded already."""

    model = Visit

    def perform(self) -> None:
        for upload in self.request.FILES.getlist("photos"):
            try:
                visit_add_photo(visit=self.object, upload=upload, by=self.request.user)
            except Refusal as refusal:
                messages.error(self.request, str(refusal))

    def get_success_url(self) -> str:
        return reverse("visit_detail", args=[self.object.uid])


class PhotoUploadView(UploadView):
    """Take one picture for a visit that is being typed."""

    model = Photo
    field = "photo"
    nothing_arrived = gettext_lazy("No picture arrived. Please try again.")
    template_name = "attachments/photo.html"

    def keep(self, upload: UploadedFile) -> Photo:
        visit_uid = self.kwargs["visit_uid"]
        return photo_keep(visit_uid=visit_uid, upload=upload, by=self.request.user)

    def context_of(self, kept: Photo) -> dict:
        return {"photo": kept}


class PhotoStateView(ScopedObjectMixin, PageView):
    """How the check of a picture goes, for the page that shows it."""

    model = Photo

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        photo = self.get_object()
        context = {
            "photo": photo,
            "may_add_photos": photo.is_refused and may(request.user, "change", photo),
        }
        return state_shown(
            request,
            photo,
            "attachments/photo.html",
            context,
            place=f"photo-{photo.uid}",
            address=request.path,
        )


class PhotoDropView(ScopedObjectMixin, PageView):
    """Take back a picture of a visit that is not recorded yet, or one that was refused."""

    model = Photo
    action = "change"
    related = ("visit",)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        photo = self.get_object()
        photo_drop(photo=photo, by=request.user)
        if photo.visit and "HX-Request" not in request.headers:
            return HttpResponseRedirect(reverse("visit_detail", args=[photo.visit.uid]))
        return render(request, "attachments/photo_gone.html")


class PhotoView(PictureView):
    """The picture itself, for whoever may see its visit."""

    model = Photo
