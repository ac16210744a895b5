"""Who serves whom. Import the nouns from here: ``from liaisons.models import Enterprise``."""

from liaisons.models.assignments import Assignment
from liaisons.models.enterprises import Contact, Enterprise
from liaisons.models.imports import ImportBatch, ImportRow
from liaisons.models.officers import Officer, Posting, may_call
from liaisons.models.projects import KeyProject

__all__ = [
    "Assignment",
    "Contact",
    "Enterprise",
    "ImportBatch",
    "ImportRow",
    "KeyProject",
    "Officer",
    "Posting",
    "may_call",
]
