"""What is done with an assignment: it begins and it ends; it is never deleted."""

import datetime
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.models import User
from crm.writing.rows import create_once, edit_version, validate
from liaisons.models import Assignment


def assignment_begin(
    *, uid: UUID, payload: Mapping[str, Any], values: Mapping[str, Any], by: User
) -> tuple[Assignment, bool]:
    """Bind an officer to an enterprise or a project from a day on: ``(assignment, created)``.

    A new lead of an enterprise ends the earlier lead's on the same day, in the same transaction.
    """

    def make(**identity: Any) -> Assignment:
        assignment = Assignment(**values, **identity)
        _end_earlier_lead(assignment, by)
        validate(assignment)
        assignment.save()
        return assignment

    return create_once(Assignment, uid=uid, payload=payload, by=by, make=make)


def assignment_end(
    *, row: Assignment, ends_on: datetime.date, version: int, by: User
) -> Assignment:
    """End an assignment on a day, which is the first day it no longer holds.

    Returns the fresh row.
    """
    if ends_on <= row.starts_on:
        raise Invalid(errors={"ends_on": [_("The assignment must end after the day it began.")]})
    if row.ends_on and ends_on > row.ends_on:
        sentence = _("It ends earlier already. Begin a new assignment instead.")
        raise Invalid(errors={"ends_on": [sentence]})
    return edit_version(row, {"ends_on": ends_on}, version=version, by=by, verb="assignment.end")


def _end_earlier_lead(assignment: Assignment, by: User) -> None:
    """One enterprise has one lead at a time: whoever leads when the new lead begins ends on that
    day.
    """
    if assignment.part != Assignment.Part.LEAD or not assignment.enterprise_id:
        return
    begins = assignment.starts_on
    for earlier in _leads_during(assignment):
        if earlier.starts_on >= begins:
            sentence = _("%(officer)s leads here since that day or later.")
            raise Invalid(errors={"starts_on": [sentence % {"officer": earlier.officer}]})
        edit_version(
            earlier, {"ends_on": begins}, version=earlier.version, by=by, verb="assignment.end"
        )


def _leads_during(assignment: Assignment) -> QuerySet[Assignment]:
    """The leads of its enterprise on any day of ``assignment``, the earliest first."""
    leads = Assignment.objects.filter(
        enterprise=assignment.enterprise_id, part=Assignment.Part.LEAD
    ).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=assignment.starts_on))
    if assignment.ends_on is not None:
        leads = leads.filter(starts_on__lt=assignment.ends_on)
    return leads.select_related("officer").order_by("starts_on")
