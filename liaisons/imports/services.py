"""What is done with an import: it comes, is previewed, is written whole or not at all, and may be
taken back whole.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.bulk import Table
from crm.db.scope import role_may
from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import Unit, User
from crm.writing.audit import audit
from liaisons.enterprises.rewriting import WRITTEN
from liaisons.imports.columns import left_out, recognise
from liaisons.imports.lines import Line, Refused, refuse
from liaisons.imports.preview import Tables, be_compared, be_new, preview_rows
from liaisons.imports.reading import drop_file, keep_file, kept_rows, read_file, sweep_files
from liaisons.models import Enterprise, ImportBatch, ImportRow
from liaisons.models.imports import Batch

NO_ROWS = gettext_lazy("There is no data row below the headings, so there is nothing to import.")
#: Called with the rows that are done and how many there are; while a file is read with neither.
Tick: TypeAlias = Callable[..., object]
#: A row that is worked out, and one that is kept: they have the same names.
Previewed: TypeAlias = Line | ImportRow
BatchT = TypeVar("BatchT", bound=Batch)
State, Outcome = ImportBatch.State, ImportRow.Outcome
#: What an act with a batch is called in the audit.
VERBS: dict[type[Batch], str] = {ImportBatch: "import"}
#: What a person had decided of a row with this outcome; of others it was an enterprise.
ANSWERS: dict[str, str] = {Outcome.LEFT_OUT: "leave", Outcome.NEW: "new"}
WOULD_WRITE = (Outcome.NEW, Outcome.CHANGED, Outcome.SAME)


def import_upload(
    *, name: str, content: Iterable[bytes], by: User | None, unit: Unit | None = None
) -> ImportBatch:
    """Keep a file (an iterable of bytes); returns the batch, which is read next.

    Invalid for what is no spreadsheet at sight.
    """
    if by is not None and not role_may(by, "create", ImportBatch):
        raise NotAllowed()
    return batch_keep(ImportBatch(unit=unit, created_by=by), name, content)


def batch_keep(batch: BatchT, name: str, content: Iterable[bytes]) -> BatchT:
    """Keep the file of an unsaved batch, of any noun, and save it; returns the batch."""
    batch.file, batch.file_name = keep_file(name, content), name[:200]
    try:
        with transaction.atomic():
            batch.save()
            audit(f"{VERBS[type(batch)]}.upload", by=batch.created_by, target=batch, file=name)
    except BaseException:
        drop_file(batch.file)
        raise
    return batch


def sweep_imports() -> int:
    """Remove what was uploaded and is no import's, of whatever noun.

    Returns how many files went.
    """
    return sweep_files(
        {path for model in VERBS for path in model.objects.values_list("file", flat=True)}
    )


def import_read(*, batch: ImportBatch, by: User | None, tick: Tick | None = None) -> ImportBatch:
    """Read the file, recognise its columns, and preview it where some were; returns the batch.

    Invalid for what is no table.

    ``tick`` is called with the rows that are done and how many there are. Of a batch that went on
    already only the rows are kept anew.
    """
    read_file(batch.file, batch.file_name, tick=tick)
    if batch.state != State.UPLOADED:
        return batch
    rows = kept_rows(batch.file)
    batch.heading_row, batch.columns = recognise(rows)
    batch.left_out = left_out(rows, batch.heading_row, batch.columns)
    batch.save(update_fields=["heading_row", "columns", "left_out", "updated_at"])
    return import_preview(batch=batch, by=by, rows=rows, tick=tick) if batch.columns else batch


def import_map(
    *, batch: ImportBatch, heading_row: int, columns: dict[str, int], unit: Unit | None
) -> ImportBatch:
    """Say by hand which column is which; the preview is to be made anew."""
    _require_open(batch)
    require_idle(batch)
    if "name" not in columns and "credit_code" not in columns:
        raise Invalid(_("Say at least which column holds the name or the credit code."))
    if len(set(columns.values())) < len(columns):
        raise Invalid(_("Two fields point to the same column."))
    batch.heading_row, batch.columns, batch.unit = heading_row, columns, unit
    batch.left_out = left_out(kept_rows(batch.file, heading_row + 1), heading_row, columns)
    batch.save(update_fields=["heading_row", "columns", "unit", "left_out", "updated_at"])
    return batch


def import_preview(
    *,
    batch: ImportBatch,
    by: User | None,
    decided: Mapping[int, str] | None = None,
    rows: list[list] | None = None,
    tick: Tick | None = None,
) -> ImportBatch:
    """Work out what each row would do and keep it; nothing is written to the enterprises.

    Returns the batch.

    ``decided`` (row → choice) are a person's earlier answers, which hold where the question is
    still the same. ``rows`` are those of the file where they have just been read.
    """
    _require_open(batch)
    if not batch.columns:
        raise Invalid(
            _("No column was recognised. Say which column holds the name or the credit code.")
        )
    rows = kept_rows(batch.file) if rows is None else rows
    lines = preview_rows(rows, batch, by, tick)
    for line in lines:
        if decided and line.outcome == Outcome.UNDECIDED and line.number in decided:
            _decide(line, decided[line.number], by, lines)
    with transaction.atomic():
        batch.rows.all().delete()
        _keep(batch, lines)
        batch.state, batch.counts = State.PREVIEWED, dict(Counter(line.outcome for line in lines))
        batch.save(update_fields=["state", "counts", "updated_at"])
    return batch


def import_decide(*, row: ImportRow, choice: str, by: User) -> ImportRow:
    """Decide an undecided row: ``choice`` is "new", "leave", or the uid of the enterprise it is."""
    _require_open(row.batch)
    require_idle(row.batch)
    _decide(row, choice, by, row.batch.rows.filter(outcome__in=WOULD_WRITE).exclude(pk=row.pk))
    with transaction.atomic():
        row.save()
        _recount(row.batch)
    return row


def _decide(row: Previewed, choice: str, by: User | None, others: Iterable[Previewed]) -> None:
    """Let an undecided row be what ``choice`` says; ``others`` are the file's rows that speak of an
    enterprise already.
    """
    if choice == "leave":
        row.outcome = Outcome.LEFT_OUT
        return
    try:
        if choice == "new":
            be_new(row, row.batch, Tables.of(by))
        elif choice in {candidate[0] for candidate in row.candidates}:
            be_compared(row, _chosen(choice, others), Tables.of(by))
        else:
            raise Invalid(_("Choose one of the enterprises shown, “new” or “leave out”."))
    except Refused as refused:
        refuse(row, refused)


def _chosen(uid: str, others: Iterable[Previewed]) -> dict[str, Any]:
    """The enterprise that a person chose for a row, as it is compared.

    Conflict when it is gone, Refused when another row of the file speaks of it.
    """
    found = Enterprise.objects.filter(uid=uid)
    existing = found.values("uid", "version", "core_name", *WRITTEN).first()
    if existing is None:
        raise Conflict(_("This enterprise is not there any more."))
    for other in others:
        if str(other.enterprise_uid) == uid:
            sentence = _("This is the same enterprise as in row %(number)d.")
            raise Refused((sentence % {"number": other.number}, None))
    return existing


def require_committable(batch: Batch) -> None:
    """Conflict or Invalid, with a sentence, unless a batch of any noun can be written as it was
    previewed.
    """
    _require_open(batch)
    if batch.state != State.PREVIEWED:
        raise Conflict(_("Look at the preview first."))
    if not batch.rows.exists():
        raise Invalid(NO_ROWS)
    if batch.rows.filter(outcome=Outcome.UNDECIDED).exists():
        raise Invalid(_("Some rows are still to be decided."))


def _require_open(batch: Batch) -> None:
    if batch.state in {State.COMMITTED, State.UNDONE}:
        raise Conflict(_("This file has already been imported."))


def require_idle(batch: Batch) -> None:
    """Conflict while a worker is at a batch."""
    if batch.is_at_work:
        raise Conflict(_("This file is being worked on. Wait until that is done, then try again."))


def require_first(batch: ImportBatch) -> None:
    """Mark the batch as written; exactly one of two that press at the same time goes on."""
    if not ImportBatch.objects.filter(pk=batch.pk, state=State.PREVIEWED).update(
        state=State.COMMITTED, committed_at=timezone.now()
    ):
        raise Conflict(_("This file has already been imported."))


def moved_on(batch: ImportBatch, by: User | None) -> Conflict:
    """Make the preview anew, with the answers that a person gave; the Conflict that says so."""
    asked = batch.rows.exclude(candidates=[]).exclude(
        outcome__in=(Outcome.UNDECIDED, Outcome.REFUSED)
    )
    decided = {row.number: ANSWERS.get(row.outcome, str(row.enterprise_uid)) for row in asked}
    import_preview(batch=ImportBatch.objects.get(pk=batch.pk), by=by, decided=decided)
    return Conflict(
        _(
            "Enterprises in this file were changed by others meanwhile. The preview was made anew: please look again."
        )
    )


def _keep(batch: ImportBatch, lines: list[Line]) -> None:
    """Write a preview's rows."""
    table = Table(ImportRow)
    names = [field.name for field in fields(Line) if field.name != "batch"]
    values_of = attrgetter(*names)
    for line in lines:
        table.add(batch_id=batch.pk, **dict(zip(names, values_of(line), strict=True)))
    table.close()


def _recount(batch: ImportBatch) -> None:
    counts = Counter(batch.rows.values_list("outcome", flat=True))
    ImportBatch.objects.filter(pk=batch.pk).update(counts=dict(counts))
