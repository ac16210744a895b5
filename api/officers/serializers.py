"""Officers."""

from api.core.rows import NounSerializer
from liaisons.models import Officer


class OfficerSerializer(NounSerializer):
    """A person who calls on enterprises."""

    class Meta(NounSerializer.Meta):
        model = Officer
        fields = ("police_number", "name", "kind", "tier", "unit", "work_phone", "left_on")
        read_only_fields = fields
