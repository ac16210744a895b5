"""Visits, by the book."""

import django_filters
from django.utils import timezone
from rest_framework import serializers, viewsets

from crm.models import Unit
from liaisons.models import Contact, Enterprise, KeyProject, Officer
from visits.models import Campaign, ServiceItem, Topic, Visit


class EnterpriseSerializer(serializers.ModelSerializer):
    class Meta:
        model = Enterprise
        fields = ["uid", "name"]


class KeyProjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = KeyProject
        fields = ["uid", "name"]


class OfficerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Officer
        fields = ["uid", "name", "police_number"]


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ["code", "name"]


class CampaignSerializer(serializers.ModelSerializer):
    class Meta:
        model = Campaign
        fields = ["uid", "name"]


class ContactSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ["uid"]


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ["code", "name"]


class ServiceItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ServiceItem
        fields = ["code", "name"]


class VisitRowSerializer(serializers.ModelSerializer):
    enterprise = EnterpriseSerializer()
    project = KeyProjectSerializer()
    officer = OfficerSerializer()
    unit = UnitSerializer()
    campaign = CampaignSerializer()
    contact = ContactSerializer()

    class Meta:
        model = Visit
        fields = [
            "uid",
            "version",
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
            "created_at",
            "updated_at",
        ]


class VisitSerializer(VisitRowSerializer):
    companions = OfficerSerializer(many=True)
    topics = TopicSerializer(many=True)
    services = ServiceItemSerializer(many=True)

    class Meta(VisitRowSerializer.Meta):
        fields = [
            *VisitRowSerializer.Meta.fields,
            "withdrawn_reason",
            "companions",
            "topics",
            "services",
            "notes",
            "outside_code",
            "latitude",
            "longitude",
        ]


class VisitWriteSerializer(serializers.ModelSerializer):
    uid = serializers.UUIDField()
    enterprise = serializers.SlugRelatedField(slug_field="uid", queryset=Enterprise.objects.all())
    contact = serializers.SlugRelatedField(
        slug_field="uid", queryset=Contact.objects.all(), required=False
    )
    topics = serializers.SlugRelatedField(
        slug_field="code", many=True, queryset=Topic.objects.all(), required=False
    )
    services = serializers.SlugRelatedField(
        slug_field="code", many=True, queryset=ServiceItem.objects.all(), required=False
    )

    class Meta:
        model = Visit
        fields = [
            "uid",
            "enterprise",
            "kind",
            "started_at",
            "ended_at",
            "contact",
            "topics",
            "services",
            "notes",
            "next_contact_on",
        ]

    def to_representation(self, instance):
        return VisitSerializer(instance, context=self.context).data


class VisitFilter(django_filters.FilterSet):
    unit = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Unit.objects.all(), method="by_unit"
    )
    kind = django_filters.MultipleChoiceFilter(choices=Visit.Kind.choices)
    held_from = django_filters.DateFilter("held_on", "gte")
    held_to = django_filters.DateFilter("held_on", "lte")
    officer = django_filters.CharFilter("officer__police_number")
    enterprise = django_filters.UUIDFilter("enterprise__uid")
    campaign = django_filters.UUIDFilter("campaign__uid")
    topic = django_filters.CharFilter("topics__code")

    class Meta:
        model = Visit
        fields = []

    def by_unit(self, queryset, name, unit):
        return queryset.filter(unit__path__startswith=unit.path)


class VisitViewSet(viewsets.ModelViewSet):
    lookup_field = "uid"
    filterset_class = VisitFilter
    ordering_fields = ["held_on"]
    ordering = ["-held_on", "-id"]

    def get_queryset(self):
        visits = Visit.objects.filter(withdrawn_at__isnull=True).select_related(
            "enterprise", "project", "officer", "unit", "campaign", "contact"
        )
        if self.action != "list":
            visits = visits.prefetch_related("companions", "topics", "services")
        user = self.request.user
        return (
            visits
            if user.role == "city_manager"
            else visits.filter(unit__path__startswith=user.unit.path)
        )

    def get_serializer_class(self):
        if self.action in ("create", "update", "partial_update"):
            return VisitWriteSerializer
        return VisitRowSerializer if self.action == "list" else VisitSerializer

    def perform_create(self, serializer):
        user = self.request.user
        held_on = timezone.localdate(serializer.validated_data["started_at"])
        serializer.save(officer=user.officer, unit=user.unit, created_by=user, held_on=held_on)
