"""Enterprises."""

from rest_framework import serializers

from api.core.rows import NounSerializer
from liaisons.models import Enterprise


class EnterpriseSerializer(NounSerializer):
    """An enterprise of the city; ``unit`` is the station that answers for it."""

    # Longer than the code itself: spaces, small and full-width letters are mended by the verb.
    credit_code = serializers.CharField(
        max_length=40, required=False, allow_null=True, allow_blank=True
    )

    class Meta(NounSerializer.Meta):
        model = Enterprise
        fields = (
            "name",
            "credit_code",
            "unit",
            "division",
            "industry",
            "status",
            "above_scale",
            "address",
            "founded_on",
            "capital",
            "capital_currency",
            "employees",
            "latitude",
            "longitude",
            "last_visit_on",
            "waiting_since",
        )
        detail = ("address", "founded_on", "capital", "capital_currency")
