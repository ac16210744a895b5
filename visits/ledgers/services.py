"""Ordering a ledger of problems, and keeping how one wants it."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.documents.exports import asked
from crm.errors import Invalid, NotAllowed
from crm.jobs.queue import order_job
from crm.models import Job, User
from crm.writing.audit import audit
from visits.ledgers.columns import COLUMNS, USUAL
from visits.models import LedgerLayout

LIST = "problem_list"
PLACE = "{unit}"


def layout_for(user: User) -> LedgerLayout:
    """The layout that a person finds: their own, else that of the nearest unit above them that has
    one, else the usual one.
    """
    found = LedgerLayout.objects.visible_to(user).select_related("unit").order_by("unit__level")
    own = [layout for layout in found if layout.owner_id == user.pk]
    kept = (own or list(found) or [LedgerLayout(title=usual_title(), columns=USUAL)])[-1]
    kept.columns = [key for key in kept.columns if key in COLUMNS] or USUAL
    kept.filling_unit = kept.filling_unit or (user.unit.name if user.unit else "")
    return kept


def usual_title() -> str:
    return _("%(unit)s: ledger of enterprises' problems") % {"unit": PLACE}


def ledger_order(
    *,
    query: QueryDict,
    title: str,
    filling_unit: str,
    columns: Sequence[str],
    by: User,
    shared: bool = False,
    uid: uuid.UUID | None = None,
) -> Job:
    """Order the ledger of what the list of problems shows ``by`` with ``query`` (a QueryDict).

    Returns the job.

    The layout is kept for next time, and where ``shared`` as that of the person's unit and of all
    below it. The same ``uid`` orders the same once. ``title`` may hold {unit}. Invalid without
    columns or with unknown ones, NotAllowed to share for who manages nothing.
    """
    _definition, kept = asked(LIST, query, by)
    if not columns or not set(columns) <= set(COLUMNS) or len(set(columns)) < len(columns):
        raise Invalid(errors={"columns": [_("Choose at least one column.")]})
    heading = title.replace(PLACE, filling_unit)
    params = {
        "list": LIST,
        "query": kept,
        "title": heading,
        "unit": filling_unit,
        "columns": list(columns),
    }
    with transaction.atomic():
        layout_keep(title=title, filling_unit=filling_unit, columns=columns, by=by, shared=shared)
        # A form that was changed and is sent again is another order.
        once = uid and uuid.uuid5(uid, f"{by.pk} {params}")
        job = order_job(
            "ledger",
            by=by,
            title=_("Ledger: %(what)s") % {"what": heading},
            params=params,
            uid=once,
        )
        audit("ledger.order", by=by, target=job, **params)
    return job


def layout_keep(
    *, title: str, filling_unit: str, columns: Sequence[str], by: User, shared: bool = False
) -> None:
    """Keep a layout as ``by``'s own, and where ``shared`` as that of ``by``'s unit, whose members
    fill in their own units.
    """
    unit = by.unit if shared and role_may(by, "share", LedgerLayout) else None
    if shared and unit is None:
        raise NotAllowed()
    own = "" if by.unit and filling_unit == by.unit.name else filling_unit
    values = {"title": title, "filling_unit": own, "columns": list(columns)}
    LedgerLayout.objects.update_or_create(owner=by, defaults=values)
    if unit is not None:
        layout, _created = LedgerLayout.objects.update_or_create(
            unit=unit, defaults=values | {"filling_unit": ""}
        )
        audit("ledger.share", by=by, target=layout, unit=unit.code, columns=list(columns))


def layout_forget(*, by: User) -> None:
    """Let ``by`` find the unit's layout again, or the usual one."""
    LedgerLayout.objects.visible_to(by, "change").filter(owner=by).delete()
