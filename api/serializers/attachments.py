"""Files of problems."""

from rest_framework import serializers

from api.rows import BodySerializer


class AttachmentSerializer(serializers.Serializer):
    """A file of a problem; ``step`` is the position of the step that it came with, null for the report itself."""

    uid = serializers.UUIDField()
    name = serializers.CharField(help_text="As its sender called it.")
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of the file as it is kept; a picture is written anew.")
    step = serializers.IntegerField(allow_null=True)
    for_enterprise = serializers.BooleanField(help_text="Whether the enterprise may see it at its own door.")
    created_at = serializers.DateTimeField()


class AttachmentListSerializer(serializers.Serializer):
    """All files of a problem, in the order they came."""

    results = AttachmentSerializer(many=True)


class AttachmentSendSerializer(BodySerializer):
    """One file to be added to a problem, as multipart/form-data."""

    uid = serializers.UUIDField(help_text="Chosen by the client; the same one again is the same file sent twice.")
    file = serializers.FileField(allow_empty_file=True)
    why = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    for_enterprise = serializers.BooleanField(required=False, default=False)
    wait = serializers.BooleanField(
        required=False, default=False, help_text="Keep the file for the step that names its uid in `files`; else it is a step of its own."
    )
