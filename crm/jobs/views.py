"""What a person has ordered: progress and files."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Missing
from crm.jobs.queue import kinds
from crm.models import Job
from crm.pages.filters import NounFilterSet
from crm.pages.generic import Column, NounListView, PageView, RowView, ScopedObjectMixin, moment
from crm.writing.audit import audit


class JobFilterSet(NounFilterSet):
    class Meta:
        model = Job
        fields = ["state"]


ORDERED_AT = Column("created_at", gettext_lazy("Ordered at"), lambda job: moment(job.created_at))


class JobListView(NounListView):
    """One's own orders, the newest first."""

    model = Job
    filterset_class = JobFilterSet
    detail_name = "job_detail"
    default_sort = "-created"
    title = gettext_lazy("My downloads")
    empty_text = gettext_lazy(
        "Nothing has been ordered yet. Exports and PDF summaries that you order are kept here."
    )
    orderings = {"created": ("created_at",)}
    columns = (
        Column("title", gettext_lazy("Title"), lambda job: job.title, main=True),
        Column("state", gettext_lazy("State"), lambda job: job.state_shown),
        Column("progress", gettext_lazy("Progress"), lambda job: f"{job.percent} %", numeric=True),
        ORDERED_AT,
    )

    @classmethod
    def rows_for(cls, user: AbstractBaseUser) -> QuerySet:
        unlisted = [kind.name for kind in kinds if not kind.listed]
        return super().rows_for(user).filter(parent__isnull=True).exclude(kind__in=unlisted)


class JobDetailView(RowView):
    """One order; the page, or the fragment of another one, asks again by itself until it is
    finished.
    """

    model = Job
    template_name = "generic/job.html"

    def get_title(self) -> str:
        return self.object.title

    def get_context_data(self, **kwargs: object) -> dict:
        job = self.object
        return super().get_context_data(
            download_url=reverse("job_file", args=[job.uid]) if job.file else "",
            back_url=reverse("job_list"),
            **kwargs,
        )


class JobFileView(ScopedObjectMixin, PageView):
    """The file of a finished order, for the person who ordered it; each download is audited."""

    model = Job

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> FileResponse:
        job = self.get_object()
        path = settings.MEDIA_ROOT / job.file
        if job.state != Job.State.DONE or not job.file or not path.is_file():
            raise Missing(_("There is no file (any more). Order it again."))
        audit("job.download", by=request.user, target=job, file=job.file_name)
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name)
