"""An import is written, whole or not at all, and taken back as long as nobody has built on it."""

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.bulk import Table
from crm.errors import Conflict
from crm.models import OutboxEvent, SearchEntry, User
from crm.search import index
from crm.text.words import core_name
from crm.writing.audit import audit
from liaisons.enterprises.rewriting import enterprises_rewrite, hold_enterprises
from liaisons.enterprises.services import kept_along, texts_of
from liaisons.imports.services import moved_on, require_committable, require_first
from liaisons.models import Enterprise, ImportBatch, ImportRow

State, Outcome = ImportBatch.State, ImportRow.Outcome


def import_commit(*, batch, by) -> ImportBatch:
    """Write the previewed rows: all of them, or none. Returns the batch.

    Refused when an enterprise was changed since the preview (the preview is made anew), or rows are
    undecided.
    """
    require_committable(batch)
    try:
        with transaction.atomic():
            _write_rows(batch, by)
    except IntegrityError as error:
        raise moved_on(batch, by) from error
    batch.refresh_from_db()
    return batch


def _write_rows(batch: ImportBatch, by: User | None) -> None:
    """Write what the rows of a batch hold, unless another request has begun to."""
    require_first(batch)
    _announce("enterprise.create", _write_new(batch.rows.filter(outcome=Outcome.NEW), by))
    changed = batch.rows.filter(outcome=Outcome.CHANGED)
    _write_changed(changed, by)
    changed.update(enterprise_version=F("enterprise_version") + 1)
    audit("import.commit", by=by, target=batch, file=batch.file_name, **batch.counts)


def _write_new(rows, by) -> list:
    """Write an enterprise for each of the ImportRows; returns ``(uid, 1)`` of each."""
    table, today = Table(Enterprise), timezone.localdate()
    texts, created = [], []
    # Asked for as text: msgspec reads it in a fifth of the time that the field's own reader takes.
    for uid, body in list(
        rows.order_by("number").values_list("enterprise_uid", Cast("values", TextField()))
    ):
        values = msgspec.json.decode(body)
        name = values["name"]
        key = table.add(
            uid=uid,
            created_by_id=by and by.pk,
            core_name=core_name(name),
            waiting_since=today,
            **values,
        )
        texts.append(("enterprise", key, texts_of(name, values.get("credit_code")), 0))
        created.append((uid, 1))
    table.close()
    index.index_many(texts)
    return created


def _write_changed(rows, by) -> None:
    """Change each enterprise of the ImportRows if it still has the version that the preview saw."""
    changes = rows.values_list("enterprise_uid", "enterprise_version", "values")
    enterprises_rewrite({uid: (version, values) for uid, version, values in changes}, by=by)


def _announce(verb, versions) -> None:
    """Put a row into the outbox for each ``(uid, version)``."""
    table = Table(OutboxEvent)
    for uid, version in versions:
        table.add(noun="enterprise", object_uid=uid, verb=verb, version=version)
    table.close()


def obstacles_to_undo(batch) -> list[str]:
    """Sentences that say what was built on an import since; empty when it can be taken back."""
    new = _new_of(batch)
    found = _built_on(new)
    if count := new.exclude(version=1).count():
        found.append(_("%(count)d of its new enterprises were changed since.") % {"count": count})
    changed = batch.rows.filter(outcome=Outcome.CHANGED)
    versions = dict(changed.values_list("enterprise_uid", "enterprise_version"))
    now = dict(Enterprise.objects.filter(uid__in=list(versions)).values_list("uid", "version"))
    if count := sum(now.get(uid) != version for uid, version in versions.items()):
        sentence = _("%(count)d of the enterprises that it changed were changed again since.")
        found.append(sentence % {"count": count})
    return found


def _built_on(new: QuerySet[Enterprise]) -> list[str]:
    """A sentence for each kind of rows that belong to new enterprises and do not go with them."""
    found = []
    for relation in Enterprise._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.related_model in kept_along:
            continue
        belonging = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": new.values("pk")}
        )
        if count := belonging.count():
            kind = relation.related_model._meta.verbose_name_plural
            sentence = _("%(count)d %(kind)s belong to enterprises of this import.")
            found.append(sentence % {"count": count, "kind": kind})
    return found


def _new_of(batch: ImportBatch) -> QuerySet[Enterprise]:
    """The enterprises that an import created."""
    rows = batch.rows.filter(outcome=Outcome.NEW)
    return Enterprise.objects.filter(uid__in=rows.values("enterprise_uid"))


def import_undo(*, batch, by) -> ImportBatch:
    """Take an import back whole: new enterprises go, changed ones get their values back.

    Conflict when others built on it.
    """
    with transaction.atomic():
        in_force = ImportBatch.objects.filter(pk=batch.pk, state=State.COMMITTED)
        if not in_force.update(state=State.UNDONE):
            raise Conflict(_("This import is not in force."))
        _hold_untouched(batch)
        _delete_new(batch)
        _restore_changed(batch, by)
        audit("import.undo", by=by, target=batch, file=batch.file_name)
    batch.refresh_from_db()
    return batch


def _hold_untouched(batch: ImportBatch) -> None:
    """Hold the enterprises of an import; Conflict when others built on it."""
    written = batch.rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED))
    hold_enterprises(written.values_list("enterprise_uid", flat=True), whole=True)
    if obstacles := obstacles_to_undo(batch):
        raise Conflict(_("It cannot be taken back any more.") + " " + " ".join(obstacles))


def _delete_new(batch: ImportBatch) -> None:
    new = _new_of(batch)
    _announce("enterprise.delete", [(uid, 2) for uid in new.values_list("uid", flat=True)])
    SearchEntry.objects.filter(noun="enterprise", object_id__in=new.values("pk")).delete()
    new.delete()


def _restore_changed(batch: ImportBatch, by: User | None) -> None:
    changed = batch.rows.filter(outcome=Outcome.CHANGED).values_list(
        "enterprise_uid", "enterprise_version", "before"
    )
    enterprises_rewrite({uid: (version, before) for uid, version, before in changed}, by=by)
