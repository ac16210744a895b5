"""Assignments: their prefix."""

from api.assignments.views import AssignmentViewSet
from api.core.nouns import ApiNoun, nouns

nouns.add(ApiNoun("assignments", AssignmentViewSet))
