"""Tokens: their prefix."""

from api.core.nouns import ApiNoun, nouns
from api.tokens.views import TokenViewSet

nouns.add(ApiNoun("tokens", TokenViewSet))
