"""The buttons of an import: decide a row, write the rows, take them back; and the refused rows."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from crm.documents.spreadsheets import write_table
from crm.errors import Refusal
from crm.pages.generic import PageView, VerbView, row_or_missing
from liaisons.imports.batch_views import BatchMixin, Outcome
from liaisons.imports.reading import kept_rows
from liaisons.imports.services import import_decide, require_committable
from liaisons.imports.work import COMMIT, READ, UNDO, import_order
from liaisons.models import ImportBatch


class ImportVerbView(BatchMixin, VerbView):
    """A button of a batch: what is refused is shown on the batch's page."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        try:
            self.perform()
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(self.get_success_url())


class ImportCommitView(ImportVerbView):
    """Have the previewed rows written."""

    def perform(self) -> None:
        require_committable(self.object)
        import_order(batch=self.object, act=COMMIT, by=self.request.user)


class ImportUndoView(ImportVerbView):
    """Have a written import taken back."""

    def perform(self) -> None:
        import_order(batch=self.object, act=UNDO, by=self.request.user)


class ImportDecideView(ImportVerbView):
    """Decide one row: new, left out, or one of the enterprises it may be."""

    def perform(self) -> None:
        rows = self.object.rows.select_related("batch__job")
        row = row_or_missing(rows, number=self.kwargs["number"])
        import_decide(row=row, choice=self.request.POST.get("choice", ""), by=self.request.user)


class ImportRefusedView(BatchMixin, PageView):
    """The refused rows as a spreadsheet: the original cells, and the reason."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        batch = self.object = self.get_object()
        rows = kept_rows(batch.file)
        if rows is None:
            import_order(batch=batch, act=READ, by=request.user)
            return HttpResponseRedirect(self.get_success_url())
        return workbook_answer(
            Path(settings.MEDIA_ROOT) / f"{batch.file}.refused.xlsx",
            f"{Path(batch.file_name).stem}_{_('Refused rows')}.xlsx",
            title=_("Refused rows"),
            heads=[*self.heads(rows[batch.heading_row]), _("Reason"), _("Cell")],
            rows=self.cells(batch, rows),
        )

    def cells(self, batch: ImportBatch, rows: list[list]) -> Iterator[list]:
        """The file's cells of each refused row, with the reason and the cell that it is about."""
        refused = batch.rows.filter(outcome=Outcome.REFUSED).order_by("number")
        for row in refused.iterator():
            yield [*map(self.text, rows[row.number - 1]), row.reason, row.cell]

    def heads(self, row: list) -> list[str]:
        """The headings of the file, each once: one that is missing or repeated is numbered."""
        heads = [f"{head or ''}" or f"({number})" for number, head in enumerate(row, start=1)]
        return [
            head if heads.index(head) == number else f"{head} ({number + 1})"
            for number, head in enumerate(heads)
        ]

    def text(self, value: object) -> str:
        return "" if value is None else str(value)


def workbook_answer(
    path: Path, file_name: str, *, title: str, heads: list[str], rows: Iterable[list]
) -> FileResponse:
    """The answer with a workbook of one sheet, which is written to ``path`` and not kept there."""
    write_table(path, "xlsx", title=title, heads=heads, rows=rows)
    file = io.BytesIO(path.read_bytes())
    path.unlink()
    return FileResponse(file, as_attachment=True, filename=file_name)
