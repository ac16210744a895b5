"""Where problems are on their way, how they came, what proves them solved, and why a clock may
stand still.
"""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a problem is on its way (domain.md §3).

    visits.problems.workflow says what leads from one to the next.
    """

    REGISTERED = "registered", _("Registered")
    ACCEPTED = "accepted", _("Accepted")
    ASSIGNED = "assigned", _("Assigned")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_PROGRESS = "in_progress", _("In progress")
    RETURNED = "returned", _("Returned")
    PLANNED = "planned", _("Planned for later")
    OUTSIDE = "outside", _("Passed outside the police")
    ANSWERED = "answered", _("Answered")
    UNDER_REVIEW = "under_review", _("Under review")
    FOLLOW_UP = "follow_up", _("Follow-up")
    UNCONFIRMED = "unconfirmed", _("Answered, unconfirmed")
    CLOSED = "closed", _("Closed")
    SOLVED_ON_SPOT = "solved_on_spot", _("Solved on the spot")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    # Sets of states, filled in below.
    ENDED: ClassVar[frozenset["State"]]
    OPEN: ClassVar[frozenset["State"]]
    HANDLED: ClassVar[frozenset["State"]]
    LATE_POSSIBLE: ClassVar[frozenset["State"]]


State.ENDED = frozenset({State.CLOSED, State.SOLVED_ON_SPOT, State.UNCONFIRMED, State.WITHDRAWN})
State.OPEN = frozenset(set(State) - State.ENDED)
#: Handled (办结): somebody has answered; whether it is solved (解决) is for the enterprise to say, or
#: for a visit to see.
State.HANDLED = frozenset({State.ANSWERED, State.UNDER_REVIEW, State.FOLLOW_UP, *State.ENDED})
#: The states in which the clock runs.
State.LATE_POSSIBLE = State.OPEN - State.HANDLED


class Source(models.TextChoices):
    VISIT = "visit", _("Visit")
    ENTERPRISE_PAGE = "page", _("Entered by an officer")
    PHONE = "phone", _("Telephone call")
    ENTERPRISE = "enterprise", _("The enterprise itself")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("Another system")


class Proof(models.TextChoices):
    """What shows that a problem is solved."""

    NONE = "", _("None")
    ON_SPOT = "on_spot", _("Solved during the visit")
    ENTERPRISE = "enterprise", _("Confirmed by the enterprise")
    VISIT = "visit", _("Verified by a later visit")


class Pause(models.TextChoices):
    """The only reasons for which a clock stands still."""

    ENTERPRISE = "enterprise", _("Waiting for material from the enterprise")
    COURT = "court", _("Waiting for a court or an arbitration")
    APPRAISAL = "appraisal", _("Waiting for an expert's appraisal")
    OUTSIDE = "outside", _("Waiting for a body outside the police")
    FORCE = "force", _("Force majeure")


def still_open() -> Q:
    """The condition of a problem that has not ended."""
    return Q(ended_on__isnull=True)


def near_due(until: datetime.datetime) -> Q:
    """The condition of a problem that is not overdue yet and will be at ``until`` unless it is
    answered.
    """
    return Q(overdue_from__gt=timezone.now(), overdue_from__lte=until)
