"""What a person has ordered: progress and files."""

from django.conf import settings
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Missing
from crm.jobs.queue import kinds
from crm.models import Job
from crm.pages.filters import NounFilterSet
from crm.pages.generic import Column, NounListView, PageView, row_or_missing
from crm.writing.audit import audit


class JobFilterSet(NounFilterSet):
    class Meta:
        model = Job
        fields = ["state"]


class JobListView(NounListView):
    """One's own orders, the newest first."""

    model = Job
    filterset = JobFilterSet
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
        Column(
            "created_at",
            gettext_lazy("Ordered at"),
            lambda job: date_format(timezone.localtime(job.created_at), "Y-m-d H:i"),
        ),
    )

    @classmethod
    def rows_for(cls, user):
        return (
            super()
            .rows_for(user)
            .filter(parent__isnull=True)
            .exclude(kind__in=[kind.name for kind in kinds if not kind.listed])
        )

    def offers(self):
        return {}


class JobDetailView(PageView):
    """One order; the page asks again by itself until it is finished."""

    model = Job

    def get(self, request, uid):
        job = row_or_missing(Job.objects.visible_to(request.user), uid=uid)
        context = {
            "job": job,
            "title": job.title,
            "download_url": reverse("job_file", args=[job.uid]) if job.file else "",
            "back_url": reverse("job_list"),
        }
        return render(request, "generic/job.html", context)


class JobStateView(JobDetailView):
    """The same under the address that fragments of other pages ask."""


class JobFileView(PageView):
    """The file of a finished order, for the person who ordered it; each download is audited."""

    model = Job

    def get(self, request, uid):
        job = row_or_missing(Job.objects.visible_to(request.user), uid=uid)
        path = settings.MEDIA_ROOT / job.file
        if job.state != Job.State.DONE or not job.file or not path.is_file():
            raise Missing(_("There is no file (any more). Order it again."))
        audit("job.download", by=request.user, target=job, file=job.file_name)
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name)
