"""The filters of this room's nouns."""

from liaisons.filters.assignments import AssignmentFilterSet
from liaisons.filters.contacts import ContactFilterSet
from liaisons.filters.enterprises import EnterpriseFilterSet
from liaisons.filters.officers import OfficerFilterSet
from liaisons.filters.projects import KeyProjectFilterSet

__all__ = ["AssignmentFilterSet", "ContactFilterSet", "EnterpriseFilterSet", "KeyProjectFilterSet", "OfficerFilterSet"]
