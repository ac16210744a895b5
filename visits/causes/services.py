"""What is done with a common cause: found, change, join and take out problems, solve, reopen, and
answer what was joined.

A joined problem keeps its state, its clock and its handling unit; its history says that it was
joined. Rows are locked in one order, problems by their keys and then the cause, so that two who
join at once wait for each other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Invalid, NotAllowed
from crm.models import User
from crm.search import index
from crm.writing.rows import create_once, edit_version, validate
from visits.causes.history import note_step
from visits.causes.joining import join_problems
from visits.causes.notifications import tell_led
from visits.models import CommonCause


def cause_found(
    *, uid: UUID, payload: object, values: Mapping[str, Any], by: User
) -> tuple[CommonCause, bool]:
    """Found a common cause; ``values["problems"]`` are joined at once.

    Returns ``(cause, created)``.

    All or nothing: Conflict names the problem that somebody else has joined elsewhere meanwhile.
    """
    values = dict(values)
    problems, why = values.pop("problems", ()), values.pop("why", "")

    def make(**identity: Any) -> CommonCause:
        cause = CommonCause(**values, **identity)
        _require_usable(cause)
        validate(cause)
        cause.save()
        note_step(cause, "found", by=by)
        index_cause(cause)
        if problems:
            join_problems(cause, problems, by=by, why=why)
        tell_led(cause, by=by)
        return cause

    return create_once(CommonCause, uid=uid, payload=payload, by=by, make=make)


def cause_change(
    *, row: CommonCause, values: Mapping[str, Any], version: int, by: User
) -> CommonCause:
    """Correct a cause's words or give it another lead, as read in ``version``.

    Returns the fresh row.
    """
    before = row.lead_unit_id, row.lead_officer_id

    def also(cause: CommonCause) -> None:
        _require_usable(cause, before)
        note_step(cause, "change", by=by)
        index_cause(cause)
        if (cause.lead_unit_id, cause.lead_officer_id) != before:
            tell_led(cause, by=by)

    return edit_version(row, values, version=version, by=by, also=also)


def index_cause(cause: CommonCause) -> None:
    """Let the cause be found by its words; the newest are shown first."""
    index.index_entry(
        "commoncause",
        cause.pk,
        cause.title,
        cause.description,
        cause.solution,
        rank=cause.founded_on.toordinal(),
    )


def require_change(cause: CommonCause, by: User) -> None:
    if not may(by, "change", cause):
        raise NotAllowed(
            _("Only who founded or leads the common cause, or manages its lead unit, may do this.")
        )


def _require_usable(
    cause: CommonCause, before: tuple[int | None, int | None] = (None, None)
) -> None:
    """Invalid where a cause is given to a unit that is closed or an officer who has left; those that
    led it ``before`` (keys) may stay.
    """
    errors, (unit, officer) = {}, (cause.lead_unit, cause.lead_officer)
    if unit and unit.pk != before[0] and unit.closed_on is not None:
        errors["lead_unit"] = [_("This unit is closed.")]
    if officer and officer.pk != before[1] and officer.left_on is not None:
        errors["lead_officer"] = [_("This officer has left.")]
    if errors:
        raise Invalid(errors=errors)
