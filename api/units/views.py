"""Units."""

from api.core.viewsets import NounViewSet
from api.units.serializers import UnitSerializer
from crm.org.unit_views import UnitFilterSet


class UnitViewSet(NounViewSet):
    """The tree of police units."""

    serializer_class = UnitSerializer
    filterset_class = UnitFilterSet
    ordering_fields = {"tree": ("path",), "name": ("name",), "code": ("code",)}
    ordering = "tree"
    lookup_field = "code"
    lookup_value_converter = "str"
