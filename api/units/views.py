"""Units."""

from api.core.views import NounViewSet
from api.units.serializers import UnitSerializer
from crm.org.unit_views import UnitFilterSet


class UnitViewSet(NounViewSet):
    """The tree of police units."""

    serializer_class = UnitSerializer
    filterset = UnitFilterSet
    orderings = {"tree": ("path",), "name": ("name",), "code": ("code",)}
    default_ordering = "tree"
    lookup_field = "code"
    lookup_value_converter = "str"
