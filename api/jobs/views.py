"""Jobs."""

from django.conf import settings
from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework.decorators import action

from api.core.filters import JobFilterSet
from api.core.schema import BINARY, answers
from api.core.views import NounViewSet
from api.jobs.serializers import JobSerializer
from crm.errors import Missing
from crm.models import Job
from crm.writing.audit import audit


class JobViewSet(NounViewSet):
    """What one has ordered: exports, summaries, imports, with their progress."""

    serializer_class = JobSerializer
    filterset = JobFilterSet
    orderings = {"created_at": ("created_at",)}
    default_ordering = "-created_at"

    def rows(self, action="view"):
        return super().rows(action).filter(parent__isnull=True)

    @answers(None, BINARY)
    @action(detail=True)
    def file(self, request, uid):
        """The file of a finished order; each download is audited."""
        job = self.row({"uid": uid}, "view")
        path = settings.MEDIA_ROOT / job.file
        if job.state != Job.State.DONE or not job.file or not path.is_file():
            raise Missing(_("There is no file (any more). Order it again."))
        audit("job.download", by=request.user, target=job, file=job.file_name)
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name)
