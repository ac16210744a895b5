"""What happened. Import the nouns from here: ``from visits.models import Visit``."""

from visits.models.attachments import Attachment
from visits.models.campaigns import Campaign
from visits.models.causes import CauseMember, CauseStep, CommonCause, DismissedGroup
from visits.models.dictionaries import ProblemCategory, ServiceItem, Topic
from visits.models.imports import ProblemImport, ProblemImportRow
from visits.models.ledgers import LedgerLayout
from visits.models.limits import HandlingLimit
from visits.models.links import EnterpriseLink, EnterpriseReport, Feedback
from visits.models.photos import Photo
from visits.models.problem_steps import ProblemStep
from visits.models.problems import Problem, ProblemTask
from visits.models.rollups import TalliedClass, VisitMonths, VisitTally
from visits.models.summaries import Summary, SummaryVisit
from visits.models.visits import Visit, VisitDraft

__all__ = [
    "Attachment",
    "Campaign",
    "CauseMember",
    "CauseStep",
    "CommonCause",
    "DismissedGroup",
    "EnterpriseLink",
    "EnterpriseReport",
    "Feedback",
    "HandlingLimit",
    "LedgerLayout",
    "Photo",
    "Problem",
    "ProblemCategory",
    "ProblemImport",
    "ProblemImportRow",
    "ProblemStep",
    "ProblemTask",
    "ServiceItem",
    "Summary",
    "SummaryVisit",
    "TalliedClass",
    "Topic",
    "Visit",
    "VisitDraft",
    "VisitMonths",
    "VisitTally",
]
