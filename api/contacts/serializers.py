"""Contacts."""

from rest_framework import serializers

from api.core.fields import Masked
from api.core.rows import NounSerializer
from liaisons.models import Contact
from liaisons.models.enterprises import masked_name, masked_phone


class ContactSerializer(NounSerializer):
    """A person to talk to at an enterprise.

    Name and phone are read masked; see the action ``reveal``.
    """

    name = Masked(masked_name, max_length=40)
    work_phone = Masked(masked_phone, max_length=20, required=False, allow_blank=True)

    class Meta(NounSerializer.Meta):
        model = Contact
        fields = ("enterprise", "name", "job_title", "work_phone", "is_main", "left_on")
        create_only = ("enterprise",)


class RevealedSerializer(serializers.Serializer):
    """A contact in full, for the moment."""

    name = serializers.CharField()
    work_phone = serializers.CharField(allow_blank=True)
