"""Dictionaries and national code tables."""

from api.core.filters import (
    DivisionFilterSet,
    IndustryFilterSet,
    ProblemCategoryFilterSet,
    ServiceItemFilterSet,
    TopicFilterSet,
)
from api.core.viewsets import NounViewSet
from api.dictionaries.serializers import (
    DivisionSerializer,
    IndustrySerializer,
    ProblemCategorySerializer,
    ServiceItemSerializer,
    TopicSerializer,
)


class DictionaryViewSet(NounViewSet):
    """A table of codes, for everybody who is logged in."""

    ordering_fields = {"code": ("code",)}
    ordering = "code"
    lookup_field = "code"
    lookup_value_converter = "str"


class WordViewSet(DictionaryViewSet):
    ordering_fields = {"position": ("position", "code"), "code": ("code",)}
    ordering = "position"


class TopicViewSet(WordViewSet):
    """What was talked about in a visit."""

    serializer_class = TopicSerializer
    filterset_class = TopicFilterSet


class ServiceItemViewSet(WordViewSet):
    """Services given on the spot."""

    serializer_class = ServiceItemSerializer
    filterset_class = ServiceItemFilterSet


class ProblemCategoryViewSet(WordViewSet):
    """What problems are about, in two levels."""

    serializer_class = ProblemCategorySerializer
    filterset_class = ProblemCategoryFilterSet


class DivisionViewSet(DictionaryViewSet):
    """Administrative divisions (GB/T 2260)."""

    serializer_class = DivisionSerializer
    filterset_class = DivisionFilterSet


class IndustryViewSet(DictionaryViewSet):
    """The industrial classification (GB/T 4754-2017), its sections and divisions."""

    serializer_class = IndustrySerializer
    filterset_class = IndustryFilterSet
