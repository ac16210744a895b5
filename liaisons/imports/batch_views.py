"""The pages of one import: which column is which, and the preview."""

from collections.abc import Iterator

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.paging import page_by_key
from crm.errors import Refusal
from crm.pages.generic import (
    RowFormView,
    RowView,
    ScopedObjectMixin,
)
from liaisons.imports.committing import obstacles_to_undo
from liaisons.imports.forms import ImportMapForm
from liaisons.imports.reading import kept_rows
from liaisons.imports.services import (
    NO_ROWS,
    import_map,
)
from liaisons.imports.told import tell_rows
from liaisons.imports.work import PREVIEW, READ, import_order
from liaisons.models import ImportBatch, ImportRow
from liaisons.models.imports import Batch

ROWS_SHOWN = 100
#: Rows of a file that are looked at to say which column is which: the headings stand in one of the
#: first fifty.
HEAD_ROWS = 51
Outcome = ImportRow.Outcome


def _tabs(batch: Batch, chosen: str) -> list[dict]:
    """The outcomes, with how many rows have each."""
    return [
        {
            "value": outcome.value,
            "label": outcome.label,
            "count": batch.counts.get(outcome.value, 0),
            "open": outcome == chosen,
        }
        for outcome in Outcome
    ]


class BatchMixin(ScopedObjectMixin):
    """A page of one batch.

    ``names`` are those of its addresses, which another noun that is imported has of its own.
    """

    model = ImportBatch
    related = ("unit", "job")
    context_object_name = "batch"
    names = {name: f"import_{name}" for name in ("detail", "map", "commit", "undo", "refused")}
    upload_name = "import_upload"

    def get_success_url(self) -> str:
        return reverse(self.names["detail"], args=[self.object.uid])


class ImportMapView(BatchMixin, RowFormView):
    """Say by hand which column is which."""

    form_class = ImportMapForm
    title = gettext_lazy("Columns")
    submit_label = gettext_lazy("Look what is in it")

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        batch = self.object = self.get_object()
        if batch.is_at_work or kept_rows(batch.file, 1) is None:
            return self.read_first()
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.object = self.get_object()
        if kept_rows(self.object.file, 1) is None:
            return self.read_first()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def read_first(self) -> HttpResponseRedirect:
        """Lead to the batch's page, where one sees that its file is being read."""
        if not self.object.is_at_work:
            import_order(batch=self.object, act=READ, by=self.request.user)
        return HttpResponseRedirect(self.get_success_url())

    def get_initial(self) -> dict:
        batch = self.object
        columns = {name: str(column) for name, column in batch.columns.items()}
        return columns | {
            "heading_row": batch.heading_row + 1,
            "default_unit": batch.unit and batch.unit.code,
        }

    def get_form_kwargs(self) -> dict:
        rows = kept_rows(self.object.file, HEAD_ROWS)
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "rows": rows,
            "heading_row": min(self.object.heading_row, len(rows) - 1),
        }

    def perform(self, form: ImportMapForm) -> None:
        with transaction.atomic():
            import_map(
                batch=self.object,
                heading_row=form.cleaned_data["heading_row"] - 1,
                columns=form.columns(),
                unit=form.cleaned_data["default_unit"],
            )
            import_order(batch=self.object, act=PREVIEW, by=self.request.user)

    def form_refused(self, form: ImportMapForm, refusal: Refusal) -> HttpResponse:
        form.add_error(None, str(refusal))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(subtitle=self.object.file_name, **kwargs)


class ImportDetailView(BatchMixin, RowView):
    """The preview, row by row, and later what was done."""

    template_name = "imports/import_detail.html"
    tell_rows = staticmethod(tell_rows)
    obstacles_to_undo = staticmethod(obstacles_to_undo)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        batch = self.object = self.get_object()
        unread = batch.state == batch.State.UPLOADED and not batch.is_at_work and not batch.failure
        if unread and "map" in self.names:
            return self.ask_for_columns()
        return self.render_to_response(self.get_context_data())

    def ask_for_columns(self) -> HttpResponse:
        """Lead to the page that asks which column is which."""
        messages.warning(
            self.request,
            _("No column was recognised. Say which column holds the name or the credit code."),
        )
        target = reverse(self.names["map"], args=[self.object.uid])
        return (
            HttpResponse(headers={"HX-Redirect": target})
            if "HX-Request" in self.request.headers
            else HttpResponseRedirect(target)
        )

    def get_title(self) -> str:
        return self.object.file_name

    def get_context_data(self, **kwargs: object) -> dict:
        batch = self.object
        addresses = {
            name: reverse(address, args=[batch.uid]) for name, address in self.names.items()
        }
        return super().get_context_data(
            urls=addresses,
            upload_url=reverse(self.upload_name),
            hints=self.hints(batch),
            **({} if batch.is_at_work else self.preview(batch)),
            **kwargs,
        )

    def preview(self, batch: Batch) -> dict:
        """The rows of the outcome that is looked at, and what may be done now."""
        request, chosen = self.request, self.request.GET.get("outcome")
        chosen = chosen if chosen in Outcome.values else self.first_outcome(batch)
        rows = batch.rows.filter(outcome=chosen)
        page = page_by_key(rows, ("number",), size=ROWS_SHOWN, cursor=request.GET.get("cursor"))
        self.tell_rows(page, request.user)
        address = f"{request.path}?outcome={chosen}&cursor="
        return {
            "tabs": _tabs(batch, chosen),
            "rows": page,
            "outcome": chosen,
            "next_url": address + page.next_cursor if page.next_cursor else "",
            "previous_url": address + page.previous_cursor if page.previous_cursor else "",
            **self.possible(batch),
        }

    def possible(self, batch: Batch) -> dict:
        """What may be done with a batch now, and what stands in the way of it."""
        undecided = batch.counts.get(Outcome.UNDECIDED, 0)
        is_open = batch.state == batch.State.PREVIEWED
        is_written = batch.state == batch.State.COMMITTED
        return {
            "may_commit": is_open and bool(batch.counts) and not undecided,
            "undecided": undecided if is_open else 0,
            "obstacles": self.obstacles_to_undo(batch) if is_written else [],
        }

    def hints(self, batch: Batch) -> Iterator[str]:
        """Sentences about the file as a whole."""
        if batch.state == batch.State.PREVIEWED and not batch.counts:
            yield NO_ROWS
        if (
            batch.state == batch.State.PREVIEWED
            and "name" not in batch.columns
            and "map" in self.names
        ):
            yield _(
                "No column holds a name that is known here: choose it, or go on where codes are enough."
            )

    def first_outcome(self, batch: Batch) -> str:
        """What is looked at first: what needs a person, then what changes something."""
        order = (Outcome.UNDECIDED, Outcome.REFUSED, Outcome.CHANGED, Outcome.NEW, Outcome.SAME)
        return next((outcome for outcome in order if batch.counts.get(outcome)), Outcome.NEW)
