"""Assignments."""

from rest_framework import serializers

from api.core.rows import BodySerializer, NounSerializer
from liaisons.models import Assignment


class AssignmentSerializer(NounSerializer):
    """An officer's duty for one enterprise or one key project, from ``starts_on`` up to, not
    including, ``ends_on``.
    """

    class Meta(NounSerializer.Meta):
        model = Assignment
        fields = ("officer", "enterprise", "project", "part", "starts_on", "ends_on")
        read_only_fields = ("ends_on",)


class AssignmentEndSerializer(BodySerializer):
    """The first day on which an assignment no longer holds, and the version that was read."""

    ends_on = serializers.DateField()
    version = serializers.IntegerField(min_value=1, required=False)
