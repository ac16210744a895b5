"""Problems of enterprises."""

from rest_framework import serializers

from api.fields import Condition, Ref
from api.rows import NounSerializer
from visits.filters.problems import overdue
from visits.models import Problem, Visit


class ProblemSerializer(NounSerializer):
    """A problem that an enterprise reported; ``unit`` is the reporting officer's unit at the time."""

    visit = Ref(Visit, action="change", required=False, allow_null=True)
    overdue = Condition(overdue)
    solved_on_spot = serializers.BooleanField(default=False, write_only=True)

    class Meta(NounSerializer.Meta):
        model = Problem
        fields = (
            "enterprise", "visit", "officer", "unit", "title", "description", "category", "urgency", "state", "reported_on",
            "due_on", "ended_on", "overdue", "solved_on_spot",
        )  # fmt: skip
        detail = ("description",)
        read_only_fields = ("officer", "unit", "state", "reported_on", "due_on", "ended_on")
        create_only = ("enterprise", "visit", "solved_on_spot")
