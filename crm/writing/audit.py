"""Writing the audit event and the outbox row of an act, in the transaction of the act itself."""

from typing import Any

from django.db import transaction

from crm.models import AuditEvent, OutboxEvent
from crm.writing import context


def audit(verb, *, by=None, target=None, ok=True, actor_name="", **detail) -> Any:
    """Write one audit event.

    ``by`` is the person (None for the system), ``target`` the row, ``detail`` JSON values.
    """
    return AuditEvent.objects.create(
        noun=target._meta.model_name if target is not None else "",
        object_uid=str(getattr(target, "uid", None) or getattr(target, "pk", "") or "")
        if target is not None
        else "",
        ok=ok,
        detail=detail,
        **audit_values(verb, by=by, actor_name=actor_name),
    )


def audit_values(verb, *, by=None, actor_name="") -> dict[str, Any]:
    """What every audit event of one act says, by column: who, what, from where.

    For acts that many rows are told of.
    """
    request = context.current.get()
    return {
        "actor_id": by and by.pk,
        "actor_name": actor_name or (str(by) if by else ""),
        "verb": verb,
        "address": request.address,
        "request_id": request.request_id,
    }


def record(verb, *, by, target, **detail) -> None:
    """Write what belongs to every change of a noun: its audit event and its outbox row.

    Call inside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the change that it records")
    audit(verb, by=by, target=target, **detail)
    OutboxEvent.objects.create(
        noun=target._meta.model_name,
        object_uid=target.uid,
        verb=verb,
        version=getattr(target, "version", 1),
    )
