"""Key projects."""

from api.core.views import Changes, Creates, NounViewSet
from api.projects.serializers import KeyProjectSerializer
from liaisons.projects.filters import KeyProjectFilterSet
from liaisons.projects.services import project_change, project_create


class KeyProjectViewSet(Creates, Changes, NounViewSet):
    """The key projects of one's units, and those one is assigned to."""

    serializer_class = KeyProjectSerializer
    filterset = KeyProjectFilterSet
    orderings = {"name": ("name",), "code": ("code",), "updated_at": ("updated_at",)}
    default_ordering = "name"
    create_verb = staticmethod(project_create)
    change_verb = staticmethod(project_change)
