"""Units."""

from api.base import NounViewSet
from api.serializers.units import UnitSerializer
from crm.org.unit_views import UnitFilterSet


class UnitViewSet(NounViewSet):
    """The tree of police units."""

    serializer_class = UnitSerializer
    filterset = UnitFilterSet
    orderings = {"tree": ("path",), "name": ("name",), "code": ("code",)}
    default_ordering = "tree"
    lookup_field = "code"
    lookup_value_converter = "str"
