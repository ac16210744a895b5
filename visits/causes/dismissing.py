"""What is done with a proposal of a common cause that is not founded: dismissed, and proposed
again.
"""

from typing import Any

from django.db import transaction

from crm.db.scope import role_may
from crm.errors import Missing, NotAllowed
from crm.writing.audit import record
from crm.writing.rows import create_once
from visits.causes.joining import MOST_AT_ONCE
from visits.models import DismissedGroup, Problem

#: A proposal may hold more problems than are joined at once; so many are remembered of one.
MOST_REMEMBERED = 20 * MOST_AT_ONCE


def group_dismiss(*, uid, payload, problems, by) -> tuple[Any, bool]:
    """Let ``problems`` (uids) not be proposed to the unit of ``by`` until one more is like them.

    Returns ``(row, created)``.
    """
    if by.unit_id is None:
        raise NotAllowed()

    def make(**identity) -> Any:
        keys = sorted(
            Problem.objects.visible_to(by)
            .filter(uid__in=problems[:MOST_REMEMBERED])
            .values_list("pk", flat=True)
        )
        if not keys:
            raise Missing()
        return DismissedGroup.objects.create(unit=by.unit, problems=keys, **identity)

    return create_once(DismissedGroup, uid=uid, payload=payload, by=by, make=make)


def group_restore(*, problems, by) -> int:
    """Forget the dismissals of the unit that keep ``problems`` (uids) from being proposed.

    Returns how many there were.
    """
    if not role_may(by, "change", DismissedGroup):
        raise NotAllowed()
    keys = set(
        Problem.objects.visible_to(by)
        .filter(uid__in=problems[:MOST_REMEMBERED])
        .values_list("pk", flat=True)
    )
    with transaction.atomic():
        found = [
            row
            for row in DismissedGroup.objects.visible_to(by, "change").filter(unit=by.unit_id)
            if keys <= set(row.problems)
        ]
        if not keys or not found:
            raise Missing()
        for row in found:
            record("dismissedgroup.restore", by=by, target=row)
            row.delete()
    return len(found)
