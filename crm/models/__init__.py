"""The core's nouns. Import them from here: ``from crm.models import Unit``."""

from crm.models.base import Noun
from crm.models.calendar import CalendarDay
from crm.models.classification import Division, Industry, divisions_in_use
from crm.models.jobs import Job
from crm.models.logins import LoginTry
from crm.models.nightly import NightlyRun
from crm.models.notices import CalendarFeed, Notice
from crm.models.organisation import Unit, User
from crm.models.rates import RateCount
from crm.models.records import AuditEvent, OutboxEvent
from crm.models.saved import SavedLink
from crm.models.search import SearchEntry
from crm.models.steps import StepBase
from crm.roles import Role

__all__ = [
    "AuditEvent",
    "CalendarDay",
    "CalendarFeed",
    "Division",
    "Industry",
    "Job",
    "LoginTry",
    "NightlyRun",
    "Notice",
    "Noun",
    "OutboxEvent",
    "RateCount",
    "Role",
    "SavedLink",
    "SearchEntry",
    "StepBase",
    "Unit",
    "User",
    "divisions_in_use",
]
