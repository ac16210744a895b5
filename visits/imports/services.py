"""What is done with an import of problems: it comes, is previewed, is written whole or not at all,
may be taken back whole.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import role_may
from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import Notice, OutboxEvent, StepBase, Unit, User
from crm.writing.audit import audit, record
from liaisons.imports.columns import left_out, recognise
from liaisons.imports.reading import kept_rows, read_file
from liaisons.imports.services import VERBS, Tick, batch_keep, require_committable
from liaisons.imports.work import COMMIT, READ, UNDO, ImportWork, works
from liaisons.models import Enterprise
from visits.imports.columns import KNOWN
from visits.imports.preview import preview_rows
from visits.models import Problem, ProblemCategory, ProblemImport, ProblemImportRow
from visits.models.problem_states import Source
from visits.problems import workflow
from visits.problems.services import problem_begin, problem_from

#: Problems in one file, which are written in one transaction. Each takes the steps that a person
#: would take, with history, notices and audit: about 25 statements.
MOST_ROWS = 500
State, Outcome = ProblemImport.State, ProblemImportRow.Outcome


class _MovedOn(Exception):  # noqa: N818 (it is a signal, not an error)
    """Raised to leave a transaction in which a preview turned out to be old."""


def problems_upload(*, name: str, content: Iterable[bytes], by: User) -> ProblemImport:
    """Keep a file (an iterable of bytes); returns the batch, which is read next.

    Invalid for what is no spreadsheet at sight.
    """
    if not role_may(by, "create", ProblemImport):
        raise NotAllowed()
    if getattr(by, "officer", None) is None or by.unit is None:
        raise NotAllowed(
            _(
                "Only an officer with a unit can report a problem. Ask the system administrator to enter you as one."
            )
        )
    return batch_keep(ProblemImport(created_by=by), name, content)


def problems_read(*, batch: ProblemImport, by: User, tick: Tick | None = None) -> ProblemImport:
    """Read the file, recognise its columns and preview it; returns the batch.

    Invalid for no list of problems.

    Of a batch that went on already only the rows are kept anew.
    """
    read_file(batch.file, batch.file_name, tick=tick)
    if batch.state != State.UPLOADED:
        return batch
    rows = kept_rows(batch.file) or []
    batch.heading_row, batch.columns = recognise(rows, KNOWN)
    _require_columns(batch.columns, len(rows) - batch.heading_row - 1)
    batch.left_out = left_out(rows, batch.heading_row, batch.columns)
    with transaction.atomic():
        batch.save(update_fields=["heading_row", "columns", "left_out", "updated_at"])
        _keep(batch, preview_rows(rows, batch, by))
    return batch


def _require_columns(columns: Iterable[str], count: int) -> None:
    if not ({"name", "credit_code"} & set(columns) and {"title", "description"} & set(columns)):
        raise Invalid(
            _(
                "The headings were not recognised. There must be 企业名称 or 统一社会信用代码, and 诉求标题 or 诉求内容."
            )
        )
    if count > MOST_ROWS:
        raise Invalid(
            _("At most %(count)d problems are imported at once. Split the file.")
            % {"count": MOST_ROWS}
        )


def _keep(batch: ProblemImport, lines: Iterable[ProblemImportRow]) -> None:
    """Write a preview in the place of an earlier one."""
    batch.rows.all().delete()
    ProblemImportRow.objects.bulk_create(lines, batch_size=500)
    batch.state, batch.counts = State.PREVIEWED, dict(Counter(str(line.outcome) for line in lines))
    batch.save(update_fields=["state", "counts", "updated_at"])


def problems_commit(*, batch: ProblemImport, by: User) -> ProblemImport:
    """Register the new problems of a previewed file, and give those to their unit that name one:
    all of it, or nothing.

    Conflict when something has changed since the preview, which is made anew then. Returns the
    batch.
    """
    require_committable(batch)
    rows = kept_rows(batch.file)
    if rows is None:  # the file was read by an earlier release, which did not keep them
        problems_read(batch=batch, by=by)
        rows = kept_rows(batch.file)
    try:
        with transaction.atomic():
            _require_first(batch)
            kept = list(batch.rows.filter(outcome=Outcome.NEW).order_by("number"))
            _one_by_one(kept)
            if _told(preview_rows(rows, batch, by)) != _told(batch.rows.all()):
                raise _MovedOn()
            _write(kept, by)
            audit("problemimport.commit", by=by, target=batch, file=batch.file_name, **batch.counts)
    except _MovedOn:
        with transaction.atomic():
            _keep(batch, preview_rows(rows, batch, by))
        sentence = _(
            "What this file is about was changed by others meanwhile. The preview was made anew: please look again."
        )
        raise Conflict(sentence) from None
    batch.refresh_from_db()
    return batch


def _one_by_one(lines: Iterable[ProblemImportRow]) -> None:
    """Let two files with problems of one enterprise in one after the other, so that the second sees
    what the first wrote.
    """
    keys = {line.values["enterprise_id"] for line in lines}
    list(
        Enterprise.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk")
    )


def _told(lines: Iterable[ProblemImportRow]) -> list[tuple[Any, str, list]]:
    """What a preview says, to be compared with another one."""
    return sorted(
        (line.number, str(line.outcome), sorted(line.values.items(), key=str)) for line in lines
    )


def _require_first(batch: ProblemImport) -> None:
    """Mark the batch as written; exactly one of two that press at the same time goes on."""
    if not ProblemImport.objects.filter(pk=batch.pk, state=State.PREVIEWED).update(
        state=State.COMMITTED, committed_at=timezone.now()
    ):
        raise Conflict(_("This file has already been imported."))


def _write(lines: Iterable[ProblemImportRow], by: User) -> None:
    """Begin the problem of each row, and let it be accepted and assigned where the row names a
    unit.
    """
    enterprises = Enterprise.objects.in_bulk({line.values["enterprise_id"] for line in lines})
    categories, units = (
        ProblemCategory.objects.select_related("parent").in_bulk(),
        Unit.objects.in_bulk(),
    )
    for line in lines:
        values = dict(line.values)
        unit, moment = units.get(values.pop("unit_id")), values.pop("reported_at")
        values["enterprise"], values["category"] = (
            enterprises[values.pop("enterprise_id")],
            categories.get(values.pop("category_id")),
        )
        values["reported_at"] = datetime.datetime.fromisoformat(moment) if moment else None
        if values["is_police_matter"] is None:
            del values["is_police_matter"]
        problem = problem_from(
            values | {"source": Source.IMPORT},
            officer=by.officer,
            unit=by.unit,
            uid=line.problem_uid,
            created_by=by,
        )
        problem_begin(problem, by=by)
        record("problem.register", by=by, target=problem)
        if unit is not None:
            workflow.problem_accept(problem=problem, by=by)
            workflow.problem_assign(problem=problem, by=by, unit=unit)
        line.problem_version = problem.version
    ProblemImportRow.objects.bulk_update(lines, ["problem_version"], batch_size=200)


def obstacles_to_undo(batch: ProblemImport) -> list[str]:
    """Sentences that say what was built on an import since; empty when it can be taken back."""
    versions = dict(
        batch.rows.filter(outcome=Outcome.NEW).values_list("problem_uid", "problem_version")
    )
    problems = Problem.objects.filter(
        uid__in=batch.rows.filter(outcome=Outcome.NEW).values("problem_uid")
    )
    found, now = [], dict(problems.values_list("uid", "version"))
    if count := sum(now.get(uid) != version for uid, version in versions.items()):
        found.append(
            _("%(count)d of its problems were taken further or changed since.") % {"count": count}
        )
    for relation in Problem._meta.related_objects:
        if issubclass(relation.related_model, StepBase) or relation.many_to_many:
            continue
        built_on = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__in": problems.values("pk")}
        )
        if count := built_on.count():
            kind = relation.related_model._meta.verbose_name_plural
            found.append(
                _("%(count)d %(kind)s belong to problems of this import.")
                % {"count": count, "kind": kind}
            )
    return found


def problems_undo(*, batch: ProblemImport, by: User) -> ProblemImport:
    """Take an import back whole: its problems go with their history.

    Conflict when somebody built on one of them.
    """
    with transaction.atomic():
        if not ProblemImport.objects.filter(pk=batch.pk, state=State.COMMITTED).update(
            state=State.UNDONE
        ):
            raise Conflict(_("This import is not in force."))
        uids = batch.rows.filter(outcome=Outcome.NEW).values("problem_uid")
        list(
            Problem.objects.select_for_update(of=("self",))
            .filter(uid__in=uids)
            .order_by("pk")
            .values_list("pk")
        )
        if obstacles := obstacles_to_undo(batch):
            raise Conflict(_("It cannot be taken back any more.") + " " + " ".join(obstacles))
        problems = Problem.objects.filter(uid__in=uids)
        OutboxEvent.objects.bulk_create(
            OutboxEvent(noun="problem", object_uid=uid, verb="problem.delete", version=version + 1)
            for uid, version in problems.values_list("uid", "version")
        )
        Notice.objects.filter(noun="problem", object_uid__in=uids).delete()
        problems.delete()
        audit("problemimport.undo", by=by, target=batch, file=batch.file_name)
    batch.refresh_from_db()
    return batch


def _commit(*, batch: ProblemImport, by: User, tick: Tick | None) -> ProblemImport:
    return problems_commit(batch=batch, by=by)


def _undo(*, batch: ProblemImport, by: User, tick: Tick | None) -> ProblemImport:
    return problems_undo(batch=batch, by=by)


VERBS[ProblemImport] = "problemimport"
works.add(ImportWork(ProblemImport, {READ: problems_read, COMMIT: _commit, UNDO: _undo}))
