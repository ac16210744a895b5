"""Dictionaries and national code tables."""

from api.core.filters import (
    DivisionFilterSet,
    IndustryFilterSet,
    ProblemCategoryFilterSet,
    ServiceItemFilterSet,
    TopicFilterSet,
)
from api.core.views import NounViewSet
from api.dictionaries.serializers import (
    DivisionSerializer,
    IndustrySerializer,
    ProblemCategorySerializer,
    ServiceItemSerializer,
    TopicSerializer,
)


class DictionaryViewSet(NounViewSet):
    """A table of codes, for everybody who is logged in."""

    orderings = {"code": ("code",)}
    default_ordering = "code"
    lookup_field = "code"
    lookup_value_converter = "str"


class WordViewSet(DictionaryViewSet):
    orderings = {"position": ("position", "code"), "code": ("code",)}
    default_ordering = "position"


class TopicViewSet(WordViewSet):
    """What was talked about in a visit."""

    serializer_class = TopicSerializer
    filterset = TopicFilterSet


class ServiceItemViewSet(WordViewSet):
    """Services given on the spot."""

    serializer_class = ServiceItemSerializer
    filterset = ServiceItemFilterSet


class ProblemCategoryViewSet(WordViewSet):
    """What problems are about, in two levels."""

    serializer_class = ProblemCategorySerializer
    filterset = ProblemCategoryFilterSet


class DivisionViewSet(DictionaryViewSet):
    """Administrative divisions (GB/T 2260)."""

    serializer_class = DivisionSerializer
    filterset = DivisionFilterSet


class IndustryViewSet(DictionaryViewSet):
    """The industrial classification (GB/T 4754-2017), its sections and divisions."""

    serializer_class = IndustrySerializer
    filterset = IndustryFilterSet
