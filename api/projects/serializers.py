"""Key projects."""

from api.core.rows import NounSerializer
from liaisons.models import KeyProject


class KeyProjectSerializer(NounSerializer):
    """A key project; ``enterprise`` builds it, ``investment`` is in 10,000 yuan."""

    class Meta(NounSerializer.Meta):
        model = KeyProject
        fields = (
            "code",
            "name",
            "enterprise",
            "unit",
            "division",
            "stage",
            "investment",
            "address",
            "starts_on",
            "due_on",
        )
        detail = ("address",)
