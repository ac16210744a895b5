"""Jobs: what a person has ordered to be done in the background."""

from api.core.rows import RowSerializer
from crm.models import Job


class JobSerializer(RowSerializer):
    """An order of one's own: ``done`` of ``total`` parts.

    A finished one with a ``file_name`` has a file.
    """

    class Meta(RowSerializer.Meta):
        model = Job
        fields = (
            "uid",
            "kind",
            "title",
            "state",
            "done",
            "total",
            "message",
            "file_name",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields
