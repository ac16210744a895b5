"""Tokens."""

from rest_framework import serializers

from api.core.rows import BodySerializer, RowSerializer
from api.models import ApiToken
from api.tokens.services import LONGEST_DAYS


class TokenSerializer(RowSerializer):
    """A token without its secret; ``prefix`` is its beginning."""

    class Meta(RowSerializer.Meta):
        model = ApiToken
        fields = ("uid", "name", "prefix", "created_at", "expires_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class TokenRequestSerializer(BodySerializer):
    """Who wants a token, what for, and for how many days."""

    police_number = serializers.CharField(max_length=20)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    name = serializers.CharField(max_length=60)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=30)


class NewTokenSerializer(TokenSerializer):
    """A token just issued: ``token`` is shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")
