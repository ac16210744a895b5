"""Key projects."""

from api.core.mixins import ChangeVersionMixin, CreateOnceMixin
from api.core.viewsets import NounViewSet
from api.projects.serializers import KeyProjectSerializer
from liaisons.projects.filters import KeyProjectFilterSet
from liaisons.projects.services import project_change, project_create


class KeyProjectViewSet(CreateOnceMixin, ChangeVersionMixin, NounViewSet):
    """The key projects of one's units, and those one is assigned to."""

    serializer_class = KeyProjectSerializer
    filterset_class = KeyProjectFilterSet
    ordering_fields = {"name": ("name",), "code": ("code",), "updated_at": ("updated_at",)}
    ordering = "name"
    create_service = staticmethod(project_create)
    change_service = staticmethod(project_change)
