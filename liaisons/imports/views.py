"""The pages of imports: upload, columns, preview, decisions, done."""

import io
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.paging import page_by_key
from crm.documents.spreadsheets import write_table
from crm.errors import Refusal
from crm.pages.filters import NounFilterSet
from crm.pages.generic import Column, NounListView, PageView, row_or_missing
from liaisons.imports.committing import obstacles_to_undo
from liaisons.imports.forms import ImportMapForm, ImportUploadForm
from liaisons.imports.reading import kept_rows
from liaisons.imports.services import (
    NO_ROWS,
    import_decide,
    import_map,
    import_upload,
    require_committable,
)
from liaisons.imports.told import tell_rows
from liaisons.imports.work import COMMIT, PREVIEW, READ, UNDO, import_order
from liaisons.models import ImportBatch, ImportRow

ROWS_SHOWN = 100
#: Rows of a file that are looked at to say which column is which: the headings stand in one of the
#: first fifty.
HEAD_ROWS = 51
Outcome = ImportRow.Outcome


class ImportFilterSet(NounFilterSet):
    class Meta:
        model = ImportBatch
        fields = ["state"]


class ImportListView(NounListView):
    """One's own imports, the newest first."""

    model = ImportBatch
    title = gettext_lazy("Imports of enterprises")
    filterset = ImportFilterSet
    detail_name = "import_detail"
    create_name = "import_upload"
    create_label = gettext_lazy("Import a file")
    default_sort = "-created"
    orderings = {"created": ("created_at",)}
    empty_text = gettext_lazy("No file has been imported yet.")
    related = ("job",)
    columns = (
        Column("file", gettext_lazy("File"), lambda b: b.file_name, main=True),
        Column("state", gettext_lazy("State"), lambda b: b.state_shown),
        Column("rows", gettext_lazy("Rows"), lambda b: sum(b.counts.values()), numeric=True),
        Column(
            "created_at",
            gettext_lazy("Uploaded at"),
            lambda b: date_format(timezone.localtime(b.created_at), "Y-m-d H:i"),
        ),
    )

    def offers(self):
        return super().offers() | {"export_url": "", "save_link_url": ""}


class ImportUploadView(PageView):
    """Choose a file; it is read in the background and the preview is made."""

    model = ImportBatch
    action = "create"
    form_class = ImportUploadForm
    template_name = "generic/form.html"
    title = gettext_lazy("Import enterprises")
    detail_name, list_name = "import_detail", "import_list"

    def get(self, request):
        return self.show(self.form(initial={"unit": request.user.unit}))

    def post(self, request):
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                with transaction.atomic():
                    batch = self.upload(upload.name, upload.chunks(), form)
                    import_order(batch=batch, act=READ, by=request.user)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                return HttpResponseRedirect(reverse(self.detail_name, args=[batch.uid]))
        return self.show(form, 422)

    def form(self, *args, **kwargs):
        return self.form_class(*args, user=self.request.user, **kwargs)

    def upload(self, name, content, form):
        return import_upload(
            name=name, content=content, by=self.request.user, unit=form.cleaned_data["unit"]
        )

    def show(self, form, status=200):
        context = {
            "form": form,
            "title": self.title,
            "submit_label": _("Look what is in it"),
            "cancel_url": reverse(self.list_name),
            "subtitle": _("Nothing is written before you have seen what would be done."),
        }
        return render(self.request, self.template_name, context, status=status)


class BatchView(PageView):
    """A page of one batch.

    ``names`` are those of its addresses, which another noun that is imported has of its own.
    """

    model = ImportBatch
    related = ("unit", "job")
    names = {name: f"import_{name}" for name in ("detail", "map", "commit", "undo", "refused")}
    upload_name = "import_upload"

    def batch(self, uid):
        return row_or_missing(
            self.model.objects.visible_to(self.request.user).select_related(*self.related), uid=uid
        )

    def to(self, batch):
        return HttpResponseRedirect(reverse(self.names["detail"], args=[batch.uid]))


class ImportMapView(BatchView):
    """Say by hand which column is which."""

    def get(self, request, uid):
        batch = self.batch(uid)
        if batch.is_at_work or kept_rows(batch.file, 1) is None:
            return self.read_first(batch)
        initial = {name: str(column) for name, column in batch.columns.items()}
        initial |= {
            "heading_row": batch.heading_row + 1,
            "default_unit": batch.unit and batch.unit.code,
        }
        return self.show(batch, self.form(batch, initial=initial))

    def post(self, request, uid):
        batch = self.batch(uid)
        if kept_rows(batch.file, 1) is None:
            return self.read_first(batch)
        form = self.form(batch, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    import_map(
                        batch=batch,
                        heading_row=form.cleaned_data["heading_row"] - 1,
                        columns=form.columns(),
                        unit=form.cleaned_data["default_unit"],
                    )
                    import_order(batch=batch, act=PREVIEW, by=request.user)
                return self.to(batch)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self.show(batch, form, 422)

    def read_first(self, batch):
        """Lead to the batch's page, where one sees that its file is being read."""
        if not batch.is_at_work:
            import_order(batch=batch, act=READ, by=self.request.user)
        return self.to(batch)

    def form(self, batch, *args, **kwargs):
        rows = kept_rows(batch.file, HEAD_ROWS)
        return ImportMapForm(
            *args,
            user=self.request.user,
            rows=rows,
            heading_row=min(batch.heading_row, len(rows) - 1),
            **kwargs,
        )

    def show(self, batch, form, status=200):
        context = {
            "form": form,
            "title": _("Columns"),
            "subtitle": batch.file_name,
            "submit_label": _("Look what is in it"),
            "cancel_url": reverse("import_detail", args=[batch.uid]),
        }
        return render(self.request, "generic/form.html", context, status=status)


class ImportDetailView(BatchView):
    """The preview, row by row, and later what was done."""

    template = "imports/import_detail.html"
    tell_rows = staticmethod(tell_rows)
    obstacles_to_undo = staticmethod(obstacles_to_undo)

    def get(self, request, uid):
        batch = self.batch(uid)
        if (
            batch.state == batch.State.UPLOADED
            and not batch.is_at_work
            and not batch.failure
            and "map" in self.names
        ):
            messages.warning(
                request,
                _("No column was recognised. Say which column holds the name or the credit code."),
            )
            target = reverse(self.names["map"], args=[batch.uid])
            return (
                HttpResponse(headers={"HX-Redirect": target})
                if "HX-Request" in request.headers
                else HttpResponseRedirect(target)
            )
        context = {
            "batch": batch,
            "urls": {
                name: reverse(address, args=[batch.uid]) for name, address in self.names.items()
            },
            "upload_url": reverse(self.upload_name),
            "title": batch.file_name,
            "hints": self.hints(batch),
            **({} if batch.is_at_work else self.preview(batch)),
        }
        return render(request, self.template, context)

    def preview(self, batch):
        """The rows of the outcome that is looked at, and what may be done now."""
        request, chosen = self.request, self.request.GET.get("outcome")
        chosen = chosen if chosen in Outcome.values else self.first_outcome(batch)
        rows = batch.rows.filter(outcome=chosen)
        page = page_by_key(rows, ("number",), size=ROWS_SHOWN, cursor=request.GET.get("cursor"))
        self.tell_rows(page, request.user)
        is_open, undecided = (
            batch.state == batch.State.PREVIEWED,
            batch.counts.get(Outcome.UNDECIDED, 0),
        )
        address = f"{request.path}?outcome={chosen}&cursor="
        return {
            "tabs": [
                {
                    "value": o.value,
                    "label": o.label,
                    "count": batch.counts.get(o.value, 0),
                    "open": o == chosen,
                }
                for o in Outcome
            ],
            "rows": page,
            "outcome": chosen,
            "next_url": address + page.next_cursor if page.next_cursor else "",
            "previous_url": address + page.previous_cursor if page.previous_cursor else "",
            "may_commit": is_open and bool(batch.counts) and not undecided,
            "undecided": undecided if is_open else 0,
            "obstacles": self.obstacles_to_undo(batch)
            if batch.state == batch.State.COMMITTED
            else [],
        }

    def hints(self, batch):
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

    def first_outcome(self, batch):
        """What is looked at first: what needs a person, then what changes something."""
        order = (Outcome.UNDECIDED, Outcome.REFUSED, Outcome.CHANGED, Outcome.NEW, Outcome.SAME)
        return next((outcome for outcome in order if batch.counts.get(outcome)), Outcome.NEW)


class ImportVerbView(BatchView):
    """A button of a batch: what is refused is told on the batch's page."""

    action = "change"

    def post(self, request, uid):
        batch = self.batch(uid)
        try:
            self.run(batch)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return self.to(batch)


class ImportCommitView(ImportVerbView):
    """Have the previewed rows written."""

    def run(self, batch):
        require_committable(batch)
        import_order(batch=batch, act=COMMIT, by=self.request.user)


class ImportUndoView(ImportVerbView):
    """Have a written import taken back."""

    def run(self, batch):
        import_order(batch=batch, act=UNDO, by=self.request.user)


class ImportDecideView(ImportVerbView):
    """Decide one row: new, left out, or one of the enterprises it may be."""

    def run(self, batch):
        row = row_or_missing(batch.rows.select_related("batch__job"), number=self.kwargs["number"])
        import_decide(row=row, choice=self.request.POST.get("choice", ""), by=self.request.user)

    def post(self, request, uid, number):
        return super().post(request, uid)


class ImportRefusedView(BatchView):
    """The refused rows as a spreadsheet: the original cells, and the reason."""

    def get(self, request, uid):
        batch = self.batch(uid)
        rows = kept_rows(batch.file)
        if rows is None:
            import_order(batch=batch, act=READ, by=request.user)
            return self.to(batch)
        heads = [
            f"{head or ''}" or f"({number})"
            for number, head in enumerate(rows[batch.heading_row], start=1)
        ]
        heads = [
            head if heads.index(head) == number else f"{head} ({number + 1})"
            for number, head in enumerate(heads)
        ]
        refused = batch.rows.filter(outcome=Outcome.REFUSED).order_by("number")
        lines = (
            [*map(self.text, rows[row.number - 1]), row.reason, row.cell]
            for row in refused.iterator()
        )
        path = Path(settings.MEDIA_ROOT) / f"{batch.file}.refused.xlsx"
        write_table(
            path,
            "xlsx",
            title=_("Refused rows"),
            heads=[*heads, _("Reason"), _("Cell")],
            rows=lines,
        )
        file = io.BytesIO(path.read_bytes())
        path.unlink()
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{Path(batch.file_name).stem}_{_('Refused rows')}.xlsx",
        )

    def text(self, value):
        return "" if value is None else str(value)
