"""Enterprises."""

from api.core.views import Changes, Creates, NounViewSet
from api.enterprises.serializers import EnterpriseSerializer
from liaisons.enterprises.filters import EnterpriseFilterSet
from liaisons.enterprises.services import enterprise_change, enterprise_create


class EnterpriseViewSet(Creates, Changes, NounViewSet):
    """The enterprises of one's units, and those one is assigned to."""

    serializer_class = EnterpriseSerializer
    filterset = EnterpriseFilterSet
    orderings = {
        "name": ("name",),
        "waiting_since": ("waiting_since",),
        "updated_at": ("updated_at",),
    }
    default_ordering = "name"
    create_verb = staticmethod(enterprise_create)
    change_verb = staticmethod(enterprise_change)
