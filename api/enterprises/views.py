"""Enterprises."""

from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.viewsets import NounViewSet
from api.enterprises.serializers import EnterpriseSerializer
from liaisons.enterprises.filters import EnterpriseFilterSet
from liaisons.enterprises.services import enterprise_change, enterprise_create


class EnterpriseViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The enterprises of one's units, and those one is assigned to."""

    serializer_class = EnterpriseSerializer
    filterset_class = EnterpriseFilterSet
    ordering_fields = {
        "name": ("name",),
        "waiting_since": ("waiting_since",),
        "updated_at": ("updated_at",),
    }
    ordering = "name"
    create_service = staticmethod(enterprise_create)
    change_service = staticmethod(enterprise_change)
