"""The pages of visits."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.scope import may
from crm.errors import Missing, Refusal
from crm.pages.generic import (
    Action,
    Column,
    NounDetailView,
    NounListView,
    PageView,
    row_or_missing,
)
from crm.text.words import shortened
from visits.attachments.asking import require_ready, state_shown
from visits.attachments.photos import photo_drop, photo_keep
from visits.models import Photo, Problem, Visit
from visits.recording.filters import VisitFilterSet
from visits.recording.services import require_in_force, visit_add_photo, visit_withdraw


class VisitListView(NounListView):
    """All visits in scope, the newest first."""

    model = Visit
    filterset = VisitFilterSet
    name = "visit_list"
    detail_name = "visit_detail"
    default_sort = "-held_on"
    related = ("enterprise", "officer", "unit")
    empty_text = gettext_lazy("No visit matches these filters.")
    columns = (
        Column("held_on", gettext_lazy("Day"), lambda v: v.held_on, ("held_on",)),
        Column("enterprise", gettext_lazy("Enterprise"), lambda v: v.enterprise.name, main=True),
        Column("kind", gettext_lazy("Kind"), lambda v: v.get_kind_display()),
        Column("unit", gettext_lazy("Unit"), lambda v: v.unit.short_name),
        Column("officer", gettext_lazy("Officer"), lambda v: v.officer.name),
        Column(
            "problems",
            gettext_lazy("Problems"),
            lambda v: v.problem_count or "",
            export=lambda v: v.problem_count,
            numeric=True,
        ),
        Column(
            "notes",
            gettext_lazy("Notes"),
            lambda v: shortened(v.notes, 60),
            export=lambda v: v.notes,
            muted=True,
        ),
    )


class VisitDetailView(NounDetailView):
    """One visit with its problems and photos."""

    model = Visit
    template = "recording/visit_detail.html"
    related = ("enterprise", "officer", "unit", "project", "campaign", "contact")

    def subtitle(self, row):
        return " · ".join(
            (_("Service visit"), row.get_kind_display(), date_format(row.held_on, "Y-m-d"))
        )

    def badges(self, row):
        if row.withdrawn_at:
            yield {
                "text": _("Withdrawn: %(reason)s") % {"reason": row.withdrawn_reason},
                "color": "red",
            }

    def facts(self, row):
        began, ended = (
            timezone.localtime(row.started_at),
            row.ended_at and timezone.localtime(row.ended_at),
        )
        time = date_format(began, "Y-m-d H:i") + (
            f" – {date_format(ended, 'H:i')}" if ended else ""
        )
        return [
            (_("Time"), time),
            (_("Unit at the time"), row.unit),
            (_("Officer"), row.officer),
            (_("Companions"), "、".join(officer.name for officer in row.companions.all())),
            (
                _("Interviewee"),
                f"{row.contact.masked_name} {row.contact.job_title}" if row.contact else "",
            ),
            (_("Key project"), row.project),
            (_("Campaign"), row.campaign),
            (_("Topics"), "、".join(topic.name for topic in row.topics.all())),
            (_("Services given"), "、".join(service.name for service in row.services.all())),
            (_("Next contact"), row.next_contact_on),
            (_("Administrative action code (issued elsewhere)"), row.outside_code),
        ]

    def actions(self, row):
        yield Action(
            _("PDF summary"),
            f"{reverse('summary_order')}?visit={row.uid}",
            icon="file-text",
            primary=True,
        )
        if not row.withdrawn_at and self.may("change", row):
            yield Action(_("Edit"), reverse("visit_change", args=[row.uid]), icon="edit")
            yield Action(
                _("Add a problem"),
                f"{reverse('problem_create', args=[row.enterprise.uid])}?visit={row.uid}",
                icon="plus",
            )
            yield Action(_("Withdraw"), reverse("visit_withdraw", args=[row.uid]), icon="trash")

    def more(self, row):
        problems = (
            Problem.objects.visible_to(self.request.user)
            .filter(visit=row)
            .select_related("category")
            .order_by("pk")
        )
        return {
            "problems": problems,
            "photos": Photo.objects.visible_to(self.request.user).filter(visit=row),
            "enterprise_url": reverse("enterprise_detail", args=[row.enterprise.uid]),
            "may_add_photos": not row.withdrawn_at and self.may("change", row),
        }


class VisitWithdrawView(PageView):
    """Withdraw a visit, with the reason."""

    model = Visit
    action = "change"

    def get(self, request, uid):
        visit = self.row(uid)
        require_in_force(visit)
        return self.show(visit)

    def post(self, request, uid):
        visit = self.row(uid)
        try:
            visit_withdraw(
                visit=visit, reason=request.POST.get("reason", "")[:200], by=request.user
            )
        except Refusal as refusal:
            sentences = [s for errors in refusal.extra.get("errors", {}).values() for s in errors]
            return self.show(
                visit, error="；".join(map(str, sentences)) or str(refusal), status=refusal.status
            )
        messages.success(request, _("The visit was withdrawn. It is kept and counts nowhere."))
        return HttpResponseRedirect(reverse("visit_detail", args=[visit.uid]))

    def row(self, uid):
        return row_or_missing(
            Visit.objects.visible_to(self.request.user, "change").select_related("enterprise"),
            uid=uid,
        )

    def show(self, visit, error="", status=200):
        context = {"visit": visit, "error": error, "reason": self.request.POST.get("reason", "")}
        return render(self.request, "recording/visit_withdraw.html", context, status=status)


class VisitPhotoView(PageView):
    """Add pictures to a visit that is recorded already."""

    model = Visit
    action = "change"

    def post(self, request, uid):
        visit = row_or_missing(Visit.objects.visible_to(request.user, "change"), uid=uid)
        for upload in request.FILES.getlist("photos"):
            try:
                visit_add_photo(visit=visit, upload=upload, by=request.user)
            except Refusal as refusal:
                messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("visit_detail", args=[visit.uid]))


class PhotoUploadView(PageView):
    """Take one picture for a visit that is being typed.

    Answers with its thumbnail as a fragment.
    """

    model = Photo
    action = "create"

    def post(self, request, visit_uid):
        upload = request.FILES.get("photo")
        if upload is None:
            raise Missing(_("No picture arrived. Please try again."))
        try:
            photo = photo_keep(visit_uid=visit_uid, upload=upload, by=request.user)
        except Refusal as refusal:
            return render(
                request,
                "attachments/photo_refused.html",
                {"sentence": str(refusal)},
                status=refusal.status,
            )
        return render(request, "attachments/photo.html", {"photo": photo})


class PhotoStateView(PageView):
    """How the check of a picture goes, for the page that shows it."""

    model = Photo

    def get(self, request, uid):
        photo = row_or_missing(Photo.objects.visible_to(request.user), uid=uid)
        context = {
            "photo": photo,
            "may_add_photos": photo.is_refused and may(request.user, "change", photo),
        }
        return state_shown(
            request,
            photo,
            "attachments/photo.html",
            context,
            place=f"photo-{uid}",
            address=request.path,
        )


class PhotoDropView(PageView):
    """Take back a picture of a visit that is not recorded yet, or one that was refused."""

    model = Photo
    action = "change"

    def post(self, request, uid):
        photos = Photo.objects.visible_to(request.user, "change").select_related("visit")
        photo = row_or_missing(photos, uid=uid)
        photo_drop(photo=photo, by=request.user)
        if photo.visit and "HX-Request" not in request.headers:
            return HttpResponseRedirect(reverse("visit_detail", args=[photo.visit.uid]))
        return render(request, "attachments/photo_gone.html")


class PhotoView(PageView):
    """The picture itself, for whoever may see its visit."""

    model = Photo
    sizes = {"small": "thumbnail", "large": "file"}

    def get(self, request, uid, size):
        if size not in self.sizes:
            raise Missing()
        photo = row_or_missing(Photo.objects.visible_to(request.user), uid=uid)
        require_ready(photo)
        path = settings.MEDIA_ROOT / getattr(photo, self.sizes[size])
        if not path.is_file():
            raise Missing()
        response = FileResponse(path.open("rb"), content_type="image/jpeg")
        response["Cache-Control"] = "private, max-age=86400, immutable"
        response["X-Content-Type-Options"] = "nosniff"
        return response
