"""Units."""

from api.core.rows import RowSerializer
from crm.models import Unit


class UnitSerializer(RowSerializer):
    """A police unit.

    Its code is its public key; units are kept by the system administrator and not written here.
    """

    class Meta(RowSerializer.Meta):
        model = Unit
        fields = ("code", "name", "short_name", "kind", "level", "parent", "division", "closed_on")
        read_only_fields = fields
