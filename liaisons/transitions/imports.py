"""What is done with an import: it comes, is previewed, is written whole or not at all, and may be taken back whole."""

import secrets
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import search
from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import OutboxEvent, SearchEntry
from crm.records import audit
from crm.scope import role_may
from crm.words import core_name
from liaisons.imports.columns import recognise
from liaisons.imports.matching import WRITTEN
from liaisons.imports.preview import Refused, Tables, be_compared, be_new, preview_rows
from liaisons.imports.reading import read_table
from liaisons.models import Enterprise, ImportBatch, ImportRow
from liaisons.transitions.enterprises import enterprise_texts

CHUNK = 2000
State, Outcome = ImportBatch.State, ImportRow.Outcome


def import_upload(*, name, content, by, unit=None):
    """Keep a file (an iterable of bytes) and recognise its columns; returns the batch. Invalid for what is no table."""
    if by is not None and not role_may(by, "create", ImportBatch):
        raise NotAllowed()
    path = f"imports/{secrets.token_urlsafe(18)}{Path(name).suffix.lower()[:8]}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for piece in content:
            file.write(piece)
    try:
        heading_row, columns = recognise(read_table(target, name))
    except Invalid:
        target.unlink()
        raise
    batch = ImportBatch.objects.create(
        file=path, file_name=name[:200], heading_row=heading_row, columns=columns, unit=unit, created_by=by
    )
    audit("import.upload", by=by, target=batch, file=name)
    return batch


def import_map(*, batch, heading_row, columns, unit, by):
    """Say by hand which column is which; the preview is made anew."""
    _require_open(batch)
    if "name" not in columns and "credit_code" not in columns:
        raise Invalid(_("Say at least which column holds the name or the credit code."))
    if len(set(columns.values())) < len(columns):
        raise Invalid(_("Two fields point to the same column."))
    batch.heading_row, batch.columns, batch.unit = heading_row, columns, unit
    batch.save(update_fields=["heading_row", "columns", "unit", "updated_at"])
    return import_preview(batch=batch, by=by)


def import_preview(*, batch, by):
    """Work out what each row would do and keep it; nothing is written to the enterprises. Returns the batch."""
    _require_open(batch)
    if not batch.columns:
        raise Invalid(_("No column was recognised. Say which column holds the name or the credit code."))
    rows = read_table(Path(settings.MEDIA_ROOT) / batch.file, batch.file_name)
    lines = preview_rows(rows, batch, by)
    with transaction.atomic():
        batch.rows.all().delete()
        ImportRow.objects.bulk_create(lines, batch_size=CHUNK)
        batch.state, batch.counts = State.PREVIEWED, dict(Counter(line.outcome for line in lines))
        batch.save(update_fields=["state", "counts", "updated_at"])
    return batch


def import_decide(*, row, choice, by):
    """Decide an undecided row: ``choice`` is "new", "leave", or the uid of the enterprise it is."""
    _require_open(row.batch)
    tables = Tables.of(by)
    try:
        if choice == "leave":
            row.outcome = Outcome.LEFT_OUT
        elif choice == "new":
            be_new(row, row.batch, tables)
        elif choice in {candidate[0] for candidate in row.candidates}:
            existing = Enterprise.objects.filter(uid=choice).values("uid", "version", "core_name", *WRITTEN).first()
            if existing is None:
                raise Conflict(_("This enterprise is not there any more."))
            be_compared(row, existing, tables)
        else:
            raise Invalid(_("Choose one of the enterprises shown, “new” or “leave out”."))
    except Refused as refused:
        row.outcome, row.reason = Outcome.REFUSED, refused.reason
    with transaction.atomic():
        row.save()
        _recount(row.batch)
    return row


def import_commit(*, batch, by):
    """Write the previewed rows: all of them, or none. Returns the batch.

    Refused when an enterprise was changed since the preview (the preview is made anew), or rows are undecided.
    """
    _require_open(batch)
    if batch.state != State.PREVIEWED:
        raise Conflict(_("Look at the preview first."))
    if batch.rows.filter(outcome=Outcome.UNDECIDED).exists():
        raise Invalid(_("Some rows are still to be decided."))
    try:
        with transaction.atomic():
            _require_first(batch)
            rows = list(batch.rows.filter(outcome__in=(Outcome.NEW, Outcome.CHANGED)))
            created = _write_new([row for row in rows if row.outcome == Outcome.NEW], by)
            changed = _write_changed([row for row in rows if row.outcome == Outcome.CHANGED])
            _tell(created, "enterprise.create", 1)
            for row in changed:
                row.enterprise_version += 1
            ImportRow.objects.filter(batch=batch, outcome=Outcome.CHANGED).update(enterprise_version=F("enterprise_version") + 1)
            _tell_changed(changed)
            audit("import.commit", by=by, target=batch, file=batch.file_name, **batch.counts)
    except IntegrityError as error:
        raise _moved_on(batch, by) from error
    batch.refresh_from_db()
    return batch


def _require_open(batch):
    if batch.state in {State.COMMITTED, State.UNDONE}:
        raise Conflict(_("This file has already been imported."))


def _require_first(batch):
    """Mark the batch as written; exactly one of two that press at the same time goes on."""
    if not ImportBatch.objects.filter(pk=batch.pk, state=State.PREVIEWED).update(state=State.COMMITTED, committed_at=timezone.now()):
        raise Conflict(_("This file has already been imported."))


def _moved_on(batch, by):
    import_preview(batch=ImportBatch.objects.get(pk=batch.pk), by=by)
    return Conflict(_("Enterprises in this file were changed by others meanwhile. The preview was made anew: please look again."))


def _write_new(rows, by):
    enterprises = [
        Enterprise(uid=row.enterprise_uid, created_by=by, core_name=core_name(row.values["name"]), **row.values) for row in rows
    ]
    Enterprise.objects.bulk_create(enterprises, batch_size=CHUNK)
    search.index_many(("enterprise", enterprise.pk, enterprise_texts(enterprise), 0) for enterprise in enterprises)
    return [enterprise.uid for enterprise in enterprises]


def _write_changed(rows):
    """Update each changed enterprise if it still has the version that the preview saw."""
    for row in rows:
        values = dict(row.values)
        if "name" in values:
            values["core_name"] = core_name(values["name"])
        moved = Enterprise.objects.filter(uid=row.enterprise_uid, version=row.enterprise_version).update(
            **values, version=row.enterprise_version + 1, updated_at=timezone.now()
        )
        if not moved:
            raise IntegrityError("an enterprise was changed since the preview")
        if "name" in values or "credit_code" in values:
            enterprise = Enterprise.objects.get(uid=row.enterprise_uid)
            search.index_entry("enterprise", enterprise.pk, *enterprise_texts(enterprise))
    return rows


def _tell(uids, verb, version):
    OutboxEvent.objects.bulk_create(
        (OutboxEvent(noun="enterprise", object_uid=uid, verb=verb, version=version) for uid in uids), batch_size=CHUNK
    )


def _tell_changed(rows):
    OutboxEvent.objects.bulk_create(
        OutboxEvent(noun="enterprise", object_uid=row.enterprise_uid, verb="enterprise.change", version=row.enterprise_version)
        for row in rows
    )


def _recount(batch):
    counts = Counter(batch.rows.values_list("outcome", flat=True))
    ImportBatch.objects.filter(pk=batch.pk).update(counts=dict(counts))


def obstacles_to_undo(batch):
    """Sentences that say what was built on an import since; empty when it can be taken back."""
    new = Enterprise.objects.filter(uid__in=batch.rows.filter(outcome=Outcome.NEW).values("enterprise_uid"))
    found = []
    for relation in Enterprise._meta.related_objects:
        built_on = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": new.values("pk")})
        if count := built_on.count():
            kind = relation.related_model._meta.verbose_name_plural
            found.append(_("%(count)d %(kind)s belong to enterprises of this import.") % {"count": count, "kind": kind})
    if count := new.exclude(version=1).count():
        found.append(_("%(count)d of its new enterprises were changed since.") % {"count": count})
    versions = dict(batch.rows.filter(outcome=Outcome.CHANGED).values_list("enterprise_uid", "enterprise_version"))
    now = dict(Enterprise.objects.filter(uid__in=list(versions)).values_list("uid", "version"))
    if count := sum(now.get(uid) != version for uid, version in versions.items()):
        found.append(_("%(count)d of the enterprises that it changed were changed again since.") % {"count": count})
    return found


def import_undo(*, batch, by):
    """Take an import back whole: new enterprises go, changed ones get their values back. Conflict when others built on it."""
    with transaction.atomic():
        if not ImportBatch.objects.filter(pk=batch.pk, state=State.COMMITTED).update(state=State.UNDONE):
            raise Conflict(_("This import is not in force."))
        if obstacles := obstacles_to_undo(batch):
            raise Conflict(_("It cannot be taken back any more.") + " " + " ".join(obstacles))
        new = Enterprise.objects.filter(uid__in=batch.rows.filter(outcome=Outcome.NEW).values("enterprise_uid"))
        _tell(list(new.values_list("uid", flat=True)), "enterprise.delete", 2)
        SearchEntry.objects.filter(noun="enterprise", object_id__in=new.values("pk")).delete()
        new.delete()
        for row in batch.rows.filter(outcome=Outcome.CHANGED):
            _restore(row)
        audit("import.undo", by=by, target=batch, file=batch.file_name)
    batch.refresh_from_db()
    return batch


def _restore(row):
    values = dict(row.before)
    if "name" in values:
        values["core_name"] = core_name(values["name"])
    version = row.enterprise_version + 1
    Enterprise.objects.filter(uid=row.enterprise_uid).update(**values, version=version, updated_at=timezone.now())
    _tell([row.enterprise_uid], "enterprise.change", version)
    if "name" in values or "credit_code" in values:
        enterprise = Enterprise.objects.get(uid=row.enterprise_uid)
        search.index_entry("enterprise", enterprise.pk, *enterprise_texts(enterprise))

