"""Problems of enterprises, and the steps of their way."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.core.fields import Condition, Ref, RefSet
from api.core.rows import BodySerializer, NounSerializer
from crm.models import Unit
from visits.models import CommonCause, Problem, Visit
from visits.models.problems import Pause, Source, State
from visits.problems.filters import overdue
from visits.problems.workflow import MOST_HELPERS
from visits.problems.workflow.engine import TABLE

#: How a problem that is sent here may have come to the sender.
SENT_FROM = frozenset({Source.ENTERPRISE_PAGE, Source.PHONE, Source.SYSTEM})


class ProblemSerializer(NounSerializer):
    """A problem that an enterprise reported; ``unit`` is the reporting officer's unit at the time.

    ``state`` is moved by steps alone (POST …/steps/). ``overdue_from`` is empty while the clock
    does not run.
    """

    visit = Ref(Visit, action="change", required=False, allow_null=True)
    overdue = Condition(overdue, of="overdue_from")
    cause = Ref(
        CommonCause,
        source="membership.cause",
        read_only=True,
        allow_null=True,
        help_text="The common cause that it belongs to.",
    )
    pause_reason = serializers.CharField(
        read_only=True, help_text="Empty while its clock is not paused."
    )
    solved_on_spot = serializers.BooleanField(default=False, write_only=True)

    def validate_source(self, source) -> Any:
        """Only what a sender can know: the others follow from where a problem comes from."""
        if source not in SENT_FROM:
            raise serializers.ValidationError(
                _("Say page, phone or system; the others follow from where a problem comes from.")
            )
        return source

    class Meta(NounSerializer.Meta):
        model = Problem
        fields = (
            "enterprise",
            "visit",
            "officer",
            "unit",
            "source",
            "title",
            "description",
            "category",
            "urgency",
            "state",
            "proof",
            "dispatch_unit",
            "lead_unit",
            "handler",
            "reported_on",
            "due_on",
            "ended_on",
            "due_at",
            "overdue_from",
            "handled_at",
            "paused_at",
            "pause_reason",
            "extension_until",
            "planned_for",
            "outside_body",
            "redone",
            "supervised_no",
            "result",
            "reply",
            "is_police_matter",
            "overdue",
            "cause",
            "solved_on_spot",
            "reported_at",
        )
        detail = (
            "reported_at",
            "description",
            "result",
            "reply",
            "outside_body",
            "handled_at",
            "paused_at",
            "pause_reason",
            "extension_until",
        )
        read_only_fields = (
            "officer",
            "unit",
            "state",
            "proof",
            "dispatch_unit",
            "lead_unit",
            "handler",
            "reported_on",
            "due_on",
            "ended_on",
            "planned_for",
            "outside_body",
            "supervised_no",
            "result",
            "reply",
            "extension_until",
            "pause_reason",
            "paused_at",
            "due_at",
            "overdue_from",
            "handled_at",
            "redone",
        )
        create_only = ("enterprise", "visit", "solved_on_spot", "source", "reported_at")


class StepSerializer(BodySerializer):
    """One step: its verb, and what that verb needs. What it does not need is refused."""

    verb = serializers.ChoiceField(choices=[(name, name) for name in TABLE])
    why = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    unit = Ref(Unit, required=False)
    helpers = RefSet(Unit, required=False, help_text=f"At most {MOST_HELPERS}.")
    until = serializers.DateField(required=False)
    result = serializers.CharField(max_length=20_000, required=False)
    reply = serializers.CharField(max_length=2000, required=False)
    reason = serializers.ChoiceField(choices=Pause.choices, required=False)
    body = serializers.CharField(max_length=100, required=False)
    visit = Ref(Visit, required=False)
    files = serializers.UUIDField(
        required=False, help_text="The uid under which files wait for this step."
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The version that was read, unless If-Match names it.",
    )


class TakenStepSerializer(serializers.Serializer):
    """A step that was taken."""

    position = serializers.IntegerField()
    verb = serializers.CharField()
    old_state = serializers.ChoiceField(choices=[("", ""), *State.choices])
    new_state = serializers.ChoiceField(choices=State.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(
        allow_null=True, help_text="Name; null for the enterprise and for the system."
    )
    unit = serializers.CharField(allow_null=True, help_text="The unit's code at the time.")
    to_unit = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    detail = serializers.CharField(
        help_text="The day asked for, the reason of a pause, or the body outside; else empty."
    )
    due_at = serializers.DateTimeField(allow_null=True, help_text="As it stood after the step.")


class WaySerializer(serializers.Serializer):
    """The way of a problem: what was done, and what the asker may do next."""

    steps = TakenStepSerializer(many=True)
    possible = serializers.ListField(
        child=serializers.CharField(), help_text="Verbs that may be sent now."
    )
