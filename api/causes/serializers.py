"""Common causes of problems."""

from rest_framework import serializers

from api.core.fields import Ref, RefSet
from api.core.rows import BodySerializer, NounSerializer
from visits.models import CommonCause, Problem

_WHY = {"max_length": 2000, "required": False, "allow_blank": True}


class CommonCauseSerializer(NounSerializer):
    """A common cause.

    Its problems are listed by ``/problems/?cause=…``, as far as one may see them.

    ``member_count`` counts all of them. ``solution`` is for the police alone, ``reply`` is proposed
    as each one's answer.
    """

    problems = RefSet(
        Problem, required=False, write_only=True, help_text="Joined at once, all or none."
    )
    why = serializers.CharField(
        **_WHY, write_only=True, help_text="Stands in the history of each problem that is joined."
    )

    class Meta(NounSerializer.Meta):
        model = CommonCause
        fields = (
            "title",
            "description",
            "lead_unit",
            "lead_officer",
            "state",
            "member_count",
            "founded_on",
            "solved_on",
            "solution",
            "reply",
            "problems",
            "why",
        )
        detail = ("description", "solution", "reply")
        read_only_fields = ("state", "member_count", "founded_on", "solved_on", "solution", "reply")
        create_only = ("problems", "why")


class JoinSerializer(BodySerializer):
    """Problems to join, all or none of them."""

    problems = RefSet(Problem)
    why = serializers.CharField(**_WHY)


class LeaveSerializer(BodySerializer):
    """A problem to take out, and why."""

    problem = Ref(Problem)
    why = serializers.CharField(max_length=2000)


class SolveSerializer(BodySerializer):
    """How the matter was solved. The problems are answered by their own steps afterwards."""

    solution = serializers.CharField(max_length=20_000)
    reply = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The version that was read, unless If-Match names it.",
    )


class ReopenSerializer(BodySerializer):
    """Why a solved cause is taken up again."""

    why = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The version that was read, unless If-Match names it.",
    )
