"""Problems of enterprises."""

from api.base import Changes, Creates, NounViewSet
from api.serializers.problems import ProblemSerializer
from visits.filters import ProblemFilterSet
from visits.transitions.problems import problem_change, problem_register


class ProblemViewSet(Creates, Changes, NounViewSet):
    """The problems one reported, of one's units, and of the enterprises one is assigned to."""

    serializer_class = ProblemSerializer
    filterset = ProblemFilterSet
    orderings = {"reported_on": ("reported_on",), "due_on": ("due_on",)}
    default_ordering = "-reported_on"
    create_verb = staticmethod(problem_register)
    change_verb = staticmethod(problem_change)
