"""Files of problems."""

from typing import Any

from rest_framework import serializers

from api.core.rows import BodySerializer
from visits.models import Attachment


class AttachmentSerializer(serializers.Serializer):
    """A file of a problem.

    ``step`` is the position of the step that it came with, null for the report itself.
    """

    uid = serializers.UUIDField()
    name = serializers.CharField(help_text="As its sender called it.")
    state = serializers.ChoiceField(
        choices=Attachment.State.choices,
        help_text="It is checked after it came; only what is ready is handed out.",
    )
    refusal = serializers.CharField(
        help_text="A sentence for people, why it is not taken; empty for any other."
    )
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(
        help_text="Of the file as it is kept, once it is ready; a picture is written anew."
    )
    step = serializers.IntegerField(allow_null=True)
    for_enterprise = serializers.BooleanField(
        help_text="Whether the enterprise may see it at the portal."
    )
    created_at = serializers.DateTimeField()


def told_file(file) -> dict[str, Any]:
    """An Attachment as AttachmentSerializer describes it."""
    return {
        "uid": file.uid,
        "name": file.name,
        "state": file.state,
        "refusal": file.why_refused,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "step": file.step.position if file.step else None,
        "for_enterprise": file.for_enterprise,
        "created_at": file.created_at,
    }


class AttachmentListSerializer(serializers.Serializer):
    """All files of a problem, in the order they came."""

    results = AttachmentSerializer(many=True)


class AttachmentSendSerializer(BodySerializer):
    """One file to be added to a problem, as multipart/form-data."""

    uid = serializers.UUIDField(
        help_text="Chosen by the client; the same one again is the same file sent twice."
    )
    file = serializers.FileField(allow_empty_file=True)
    why = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    for_enterprise = serializers.BooleanField(required=False, default=False)
    wait = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep the file for the step that names its uid in `files`; else it is a step of its own.",
    )
