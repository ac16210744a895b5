"""What is done with an assignment: it begins and it ends; it is never deleted."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.writing.rows import create_once, edit_version, validate
from liaisons.models import Assignment


def assignment_begin(*, uid, payload, values, by) -> tuple[Assignment, bool]:
    """Bind an officer to an enterprise or a project from a day on.

    Returns ``(assignment, created)``.

    A new lead of an enterprise ends the earlier lead's assignment on the same day, in the same
    transaction.
    """

    def make(**identity) -> Assignment:
        assignment = Assignment(**values, **identity)
        _end_earlier_lead(assignment, by)
        validate(assignment)
        assignment.save()
        return assignment

    return create_once(Assignment, uid=uid, payload=payload, by=by, make=make)


def assignment_end(*, row, ends_on, version, by) -> Any:
    """End an assignment on a day, which is the first day it no longer holds.

    Returns the fresh row.
    """
    if ends_on <= row.starts_on:
        raise Invalid(errors={"ends_on": [_("The assignment must end after the day it began.")]})
    if row.ends_on and ends_on > row.ends_on:
        raise Invalid(
            errors={"ends_on": [_("It ends earlier already. Begin a new assignment instead.")]}
        )
    return edit_version(row, {"ends_on": ends_on}, version=version, by=by, verb="assignment.end")


def _end_earlier_lead(assignment, by) -> None:
    """One enterprise has one lead at a time: whoever leads when the new lead begins ends on that
    day.
    """
    if assignment.part != Assignment.Part.LEAD or not assignment.enterprise_id:
        return
    begins, ends = assignment.starts_on, assignment.ends_on
    leads = Assignment.objects.filter(
        enterprise=assignment.enterprise_id, part=Assignment.Part.LEAD
    )
    leads = (
        leads.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=begins))
        .select_related("officer")
        .order_by("starts_on")
    )
    for earlier in leads if ends is None else leads.filter(starts_on__lt=ends):
        if earlier.starts_on >= begins:
            raise Invalid(
                errors={
                    "starts_on": [
                        _("%(officer)s leads here since that day or later.")
                        % {"officer": earlier.officer}
                    ]
                }
            )
        edit_version(
            earlier, {"ends_on": begins}, version=earlier.version, by=by, verb="assignment.end"
        )
