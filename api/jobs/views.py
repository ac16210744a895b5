"""Jobs."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request

from api.core.filters import JobFilterSet
from api.core.schema import BINARY, answers
from api.core.viewsets import NounViewSet
from api.jobs.serializers import JobSerializer
from crm.errors import Missing
from crm.models import Job
from crm.writing.audit import audit


class JobViewSet(NounViewSet):
    """What one has ordered: exports, summaries, imports, with their progress."""

    serializer_class = JobSerializer
    filterset_class = JobFilterSet
    ordering_fields = {"created_at": ("created_at",)}
    ordering = "-created_at"

    def get_queryset(self, right: str = "view") -> QuerySet:
        return super().get_queryset(right).filter(parent__isnull=True)

    @answers(None, BINARY)
    @action(detail=True)
    def file(self, request: Request, uid: UUID) -> FileResponse:
        """The file of a finished order; each download is audited."""
        job = self.get_object()
        path = settings.MEDIA_ROOT / job.file
        if job.state != Job.State.DONE or not job.file or not path.is_file():
            raise Missing(_("There is no file (any more). Order it again."))
        audit("job.download", by=request.user, target=job, file=job.file_name)
        return FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name)
