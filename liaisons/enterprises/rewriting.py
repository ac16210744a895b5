"""Changing many enterprises in one go: all that an edit of one does, in statements that do not grow
with the rows.
"""

from django.db import IntegrityError
from django.utils import timezone

from crm.db.bulk import Table, change_rows
from crm.models import AuditEvent, OutboxEvent
from crm.search import index
from crm.text.words import core_name
from crm.writing.audit import audit_values
from liaisons.enterprises.services import follow_class, texts_of
from liaisons.models import Enterprise

VERB = "enterprise.change"
#: Fields that may be written; "capital" stands for its amount, its currency and its text.
WRITTEN = (
    "name",
    "credit_code",
    "division_id",
    "address",
    "founded_on",
    "capital",
    "capital_currency",
    "capital_text",
    "status",
    "industry_id",
    "employees",
    "unit_id",
    "above_scale",
)
#: Keys that one statement names.
CHUNK = 5000
#: What an enterprise is found by, and what visits are counted by.
WORDS, CLASS = {"name", "credit_code"}, {"division_id", "industry_id"}
#: What the audit shows, as it does of an edit: not what is computed.
TOLD = {field.attname for field in Enterprise._meta.concrete_fields if field.editable}


def enterprises_rewrite(changes, *, by) -> None:
    """Write ``changes`` (uid → ``(version, values)``, by column) if each enterprise still has that
    version; all or none.

    Version, search entries, roll-ups, audit and outbox follow as they do an edit. Values were
    looked at when they were read. IntegrityError when an enterprise is gone or was changed since.
    Call it in a transaction: it holds the enterprises, in the order of their keys, until that ends.
    """
    rows = [(row, _with_core_name(changes[row["uid"]][1])) for row in _held_as_read(changes)]
    _write(rows)
    found_anew = [(row["pk"], row | values) for row, values in rows if WORDS & values.keys()]
    texts = ((pk, texts_of(found["name"], found["credit_code"])) for pk, found in found_anew)
    index.index_again("enterprise", texts)
    follow_class([row["pk"] for row, values in rows if CLASS & values.keys()])
    _record(rows, by)


def _held_as_read(changes) -> list[dict]:
    """The rows of the enterprises that ``changes`` name, held; IntegrityError unless each has the
    version it was read in.
    """
    whole = any("credit_code" in values for _version, values in changes.values())
    held = hold_enterprises(changes, whole=whole)
    if len(held) < len(changes) or any(row["version"] != changes[row["uid"]][0] for row in held):
        raise IntegrityError("an enterprise was changed since the preview")
    return held


def _write(rows: list[tuple[dict, dict]]) -> None:
    """Write the new values of each row, and its own again in columns where only others change."""
    names = sorted({name for _row, values in rows for name in values})
    moment = timezone.now()
    written = [
        (
            row["pk"],
            *(values.get(name, row[name]) for name in names),
            row["version"] + 1,
            moment,
        )
        for row, values in rows
    ]
    change_rows(Enterprise, (*names, "version", "updated_at"), written)


def hold_enterprises(uids, *, whole) -> list[dict]:
    """Keep other writers from these enterprises until the transaction ends.

    Returns their rows as they are by then.

    ``whole``: those too that only point to them, as it must be where a credit code changes or a row
    goes.
    """
    keys, rows = _keys_of(list(uids)), []
    for start in range(0, len(keys), CHUNK):
        some = Enterprise.objects.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
        list(some.select_for_update(no_key=not whole).values_list("pk"))
        # Read by a statement of its own: in that of the lock it may be what it was before the wait.
        rows += some.values("pk", "uid", "version", "core_name", *WRITTEN)
    return rows


def _keys_of(uids: list) -> list[int]:
    """The keys of enterprises, sorted: so that of two who hold many none waits for the other."""
    keys: list[int] = []
    for start in range(0, len(uids), CHUNK):
        some = Enterprise.objects.filter(uid__in=uids[start : start + CHUNK])
        keys += some.order_by().values_list("pk", flat=True)
    return sorted(keys)


def _with_core_name(values) -> dict:
    return {**values, "core_name": core_name(values["name"])} if "name" in values else dict(values)


def _record(rows, by) -> None:
    """The audit event and the outbox row of each change."""
    events, outbox = Table(AuditEvent), Table(OutboxEvent)
    act = audit_values(VERB, by=by)
    for row, values in rows:
        changed = {
            name.removesuffix("_id"): [str(row[name]), str(value)]
            for name, value in values.items()
            if name in TOLD
        }
        events.add(
            **act, noun="enterprise", object_uid=str(row["uid"]), detail={"changed": changed}
        )
        outbox.add(noun="enterprise", object_uid=row["uid"], verb=VERB, version=row["version"] + 1)
    events.close()
    outbox.close()
