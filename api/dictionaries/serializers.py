"""Dictionaries and national code tables. Their code is their public key; they are read only."""

from api.core.rows import RowSerializer
from crm.models import Division, Industry
from visits.models import ProblemCategory, ServiceItem, Topic


class TopicSerializer(RowSerializer):
    """What was talked about in a visit."""

    class Meta(RowSerializer.Meta):
        model = Topic
        fields = ("code", "name", "position", "retired")
        read_only_fields = fields


class ServiceItemSerializer(RowSerializer):
    """A service given on the spot."""

    class Meta(RowSerializer.Meta):
        model = ServiceItem
        fields = ("code", "name", "position", "retired")
        read_only_fields = fields


class ProblemCategorySerializer(RowSerializer):
    """What a problem is about, in two levels.

    A renamed entry is a new one, from ``valid_from`` on in the place of the old.
    """

    class Meta(RowSerializer.Meta):
        model = ProblemCategory
        fields = (
            "code",
            "name",
            "parent",
            "is_police_matter",
            "position",
            "retired",
            "valid_from",
            "replaced_by",
        )
        read_only_fields = fields


class DivisionSerializer(RowSerializer):
    """An administrative division (GB/T 2260)."""

    class Meta(RowSerializer.Meta):
        model = Division
        fields = ("code", "name", "parent", "obsolete")
        read_only_fields = fields


class IndustrySerializer(RowSerializer):
    """A section or a division of the industrial classification (GB/T 4754-2017)."""

    class Meta(RowSerializer.Meta):
        model = Industry
        fields = ("code", "name", "section")
        read_only_fields = fields
