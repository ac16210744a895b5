"""Officers."""

from api.core.viewsets import NounViewSet
from api.officers.serializers import OfficerSerializer
from liaisons.officers.filters import OfficerFilterSet


class OfficerViewSet(NounViewSet):
    """The officers; those who have left are listed with ``left=true`` only."""

    serializer_class = OfficerSerializer
    filterset_class = OfficerFilterSet
    ordering_fields = {"name": ("name",), "police_number": ("police_number",)}
    ordering = "name"
