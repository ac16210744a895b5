"""The pages of imports: upload, columns, preview, decisions, done."""

import io
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Refusal
from crm.filters import NounFilterSet
from crm.paging import page_by_key
from crm.spreadsheets import write_table
from crm.views.base import Column, NounListView, PageView, row_or_missing
from liaisons.forms.imports import ImportMapForm, ImportUploadForm
from liaisons.imports.reading import read_table
from liaisons.imports.told import tell_rows
from liaisons.models import ImportBatch, ImportRow
from liaisons.transitions.imports import (
    NO_ROWS,
    import_commit,
    import_decide,
    import_map,
    import_preview,
    import_undo,
    import_upload,
    obstacles_to_undo,
)

ROWS_SHOWN = 100
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
    columns = (
        Column("file", gettext_lazy("File"), lambda b: b.file_name, main=True),
        Column("state", gettext_lazy("State"), lambda b: b.get_state_display()),
        Column("rows", gettext_lazy("Rows"), lambda b: sum(b.counts.values()), numeric=True),
        Column("created_at", gettext_lazy("Uploaded at"), lambda b: date_format(timezone.localtime(b.created_at), "Y-m-d H:i")),
    )

    def offers(self):
        return super().offers() | {"export_url": "", "save_link_url": ""}


class ImportUploadView(PageView):
    """Choose a file; its columns are recognised and the preview is made."""

    model = ImportBatch
    action = "create"

    def get(self, request):
        return self.show(ImportUploadForm(user=request.user, initial={"unit": request.user.unit}))

    def post(self, request):
        form = ImportUploadForm(request.POST, request.FILES, user=request.user)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                batch = import_upload(name=upload.name, content=upload.chunks(), by=request.user, unit=form.cleaned_data["unit"])
                if batch.columns:
                    import_preview(batch=batch, by=request.user)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                name = "import_detail" if "name" in batch.columns else "import_map"
                if name == "import_map":
                    messages.warning(request, _("No column holds a name that is known here: choose it, or go on where codes are enough."))
                return HttpResponseRedirect(reverse(name, args=[batch.uid]))
        return self.show(form, 422)

    def show(self, form, status=200):
        context = {
            "form": form, "title": _("Import enterprises"), "submit_label": _("Look what is in it"), "cancel_url": reverse("import_list"),
            "subtitle": _("Nothing is written before you have seen what would be done."),
        }  # fmt: skip
        return render(self.request, "generic/form.html", context, status=status)


class BatchView(PageView):
    """A page of one batch; ``names`` are those of its addresses, which another noun that is imported has of its own."""

    model = ImportBatch
    related = ("unit",)
    names = {name: f"import_{name}" for name in ("detail", "map", "commit", "undo", "refused")}

    def batch(self, uid):
        return row_or_missing(self.model.objects.visible_to(self.request.user).select_related(*self.related), uid=uid)

    def to(self, batch):
        return HttpResponseRedirect(reverse(self.names["detail"], args=[batch.uid]))


class ImportMapView(BatchView):
    """Say by hand which column is which."""

    def get(self, request, uid):
        batch = self.batch(uid)
        initial = {name: str(column) for name, column in batch.columns.items()}
        initial |= {"heading_row": batch.heading_row + 1, "default_unit": batch.unit and batch.unit.code}
        return self.show(batch, self.form(batch, initial=initial))

    def post(self, request, uid):
        batch = self.batch(uid)
        form = self.form(batch, request.POST)
        if form.is_valid():
            try:
                import_map(
                    batch=batch, heading_row=form.cleaned_data["heading_row"] - 1, columns=form.columns(),
                    unit=form.cleaned_data["default_unit"], by=request.user,
                )  # fmt: skip
                return self.to(batch)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self.show(batch, form, 422)

    def form(self, batch, *args, **kwargs):
        rows = read_table(Path(settings.MEDIA_ROOT) / batch.file, batch.file_name)
        return ImportMapForm(*args, user=self.request.user, rows=rows, heading_row=min(batch.heading_row, len(rows) - 1), **kwargs)

    def show(self, batch, form, status=200):
        context = {
            "form": form, "title": _("Columns"), "subtitle": batch.file_name, "submit_label": _("Look what is in it"),
            "cancel_url": reverse("import_detail", args=[batch.uid]),
        }  # fmt: skip
        return render(self.request, "generic/form.html", context, status=status)


class ImportDetailView(BatchView):
    """The preview, row by row, and later what was done."""

    template = "liaisons/import_detail.html"
    tell_rows = staticmethod(tell_rows)
    obstacles_to_undo = staticmethod(obstacles_to_undo)

    def get(self, request, uid):
        batch = self.batch(uid)
        chosen = request.GET.get("outcome")
        chosen = chosen if chosen in Outcome.values else self.first_outcome(batch)
        rows = batch.rows.filter(outcome=chosen)
        page = page_by_key(rows, ("number",), size=ROWS_SHOWN, cursor=request.GET.get("cursor"))
        self.tell_rows(page, request.user)
        is_open, undecided = batch.state == batch.State.PREVIEWED, batch.counts.get(Outcome.UNDECIDED, 0)
        address = f"{request.path}?outcome={chosen}&cursor="
        context = {
            "batch": batch,
            "urls": {name: reverse(address, args=[batch.uid]) for name, address in self.names.items()},
            "title": batch.file_name,
            "tabs": [{"value": o.value, "label": o.label, "count": batch.counts.get(o.value, 0), "open": o == chosen} for o in Outcome],
            "rows": page,
            "outcome": chosen,
            "next_url": address + page.next_cursor if page.next_cursor else "",
            "previous_url": address + page.previous_cursor if page.previous_cursor else "",
            "may_commit": is_open and bool(batch.counts) and not undecided,
            "undecided": undecided if is_open else 0,
            "obstacle": NO_ROWS if is_open and not batch.counts else "",
            "obstacles": self.obstacles_to_undo(batch) if batch.state == batch.State.COMMITTED else [],
        }
        return render(request, self.template, context)

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
    def run(self, batch):
        import_commit(batch=batch, by=self.request.user)
        messages.success(self.request, _("The file has been imported."))


class ImportUndoView(ImportVerbView):
    def run(self, batch):
        import_undo(batch=batch, by=self.request.user)
        messages.success(self.request, _("The import has been taken back."))


class ImportDecideView(ImportVerbView):
    """Decide one row: new, left out, or one of the enterprises it may be."""

    def run(self, batch):
        row = row_or_missing(batch.rows.select_related("batch"), number=self.kwargs["number"])
        import_decide(row=row, choice=self.request.POST.get("choice", ""), by=self.request.user)

    def post(self, request, uid, number):
        return super().post(request, uid)


class ImportRefusedView(BatchView):
    """The refused rows as a spreadsheet: the original cells, and the reason."""

    def get(self, request, uid):
        batch = self.batch(uid)
        rows = read_table(Path(settings.MEDIA_ROOT) / batch.file, batch.file_name)
        heads = [f"{head or ''}" or f"({number})" for number, head in enumerate(rows[batch.heading_row], start=1)]
        heads = [head if heads.index(head) == number else f"{head} ({number + 1})" for number, head in enumerate(heads)]
        refused = batch.rows.filter(outcome=Outcome.REFUSED).order_by("number")
        lines = ([*map(self.text, rows[row.number - 1]), row.reason, row.cell] for row in refused.iterator())
        path = Path(settings.MEDIA_ROOT) / f"{batch.file}.refused.xlsx"
        write_table(path, "xlsx", title=_("Refused rows"), heads=[*heads, _("Reason"), _("Cell")], rows=lines)
        file = io.BytesIO(path.read_bytes())
        path.unlink()
        return FileResponse(file, as_attachment=True, filename=f"{Path(batch.file_name).stem}_{_('Refused rows')}.xlsx")

    def text(self, value):
        return "" if value is None else str(value)
