"""Visits."""

from rest_framework import serializers

from api.core.rows import BodySerializer, NounSerializer, StrictSerializer
from liaisons.models import Contact
from visits.models import Problem, Visit
from visits.recording.services import PROBLEMS_AT_ONCE


class VisitProblemSerializer(StrictSerializer):
    """A problem that the enterprise reported in the visit."""

    solved_on_spot = serializers.BooleanField(default=False)

    class Meta:
        model = Problem
        fields = ("title", "description", "category", "urgency", "solved_on_spot")


class NewContactSerializer(StrictSerializer):
    """An interviewee who is not yet known."""

    name = serializers.CharField(max_length=40)
    work_phone = serializers.CharField(max_length=20, default="", allow_blank=True)

    class Meta:
        model = Contact
        fields = ("name", "job_title", "work_phone")


class VisitSerializer(NounSerializer):
    """One call on an enterprise: a service, never an inspection.

    ``unit`` is the officer's unit at the time.
    """

    problems = VisitProblemSerializer(
        many=True, write_only=True, required=False, max_length=PROBLEMS_AT_ONCE
    )
    new_contact = NewContactSerializer(write_only=True, required=False)

    class Meta(NounSerializer.Meta):
        model = Visit
        fields = (
            "enterprise",
            "project",
            "officer",
            "unit",
            "kind",
            "started_at",
            "ended_at",
            "held_on",
            "campaign",
            "contact",
            "next_contact_on",
            "problem_count",
            "withdrawn_at",
            "withdrawn_reason",
            "companions",
            "topics",
            "services",
            "notes",
            "outside_code",
            "latitude",
            "longitude",
            "problems",
            "new_contact",
        )
        detail = (
            "withdrawn_reason",
            "companions",
            "topics",
            "services",
            "notes",
            "outside_code",
            "latitude",
            "longitude",
        )
        read_only_fields = ("officer", "unit")
        create_only = ("enterprise", "problems")


class WithdrawSerializer(BodySerializer):
    """Why a visit is withdrawn."""

    reason = serializers.CharField(max_length=200)
