"""The pages of imports of problems; what they have in common with those of enterprises is liaisons.views.imports'."""

import io
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Refusal
from crm.filters import NounFilterSet
from crm.spreadsheets import write_table
from crm.views.base import PageView
from liaisons.views.imports import BatchView, ImportDetailView, ImportListView, ImportRefusedView, ImportVerbView
from visits.forms.imports import ProblemUploadForm
from visits.imports.columns import FIELDS
from visits.imports.told import tell_rows
from visits.models import ProblemImport
from visits.transitions.imports import obstacles_to_undo, problems_commit, problems_undo, problems_upload


class ProblemImportFilterSet(NounFilterSet):
    class Meta:
        model = ProblemImport
        fields = ["state"]


class ProblemImportListView(ImportListView):
    """One's own imports of problems, the newest first."""

    model = ProblemImport
    title = gettext_lazy("Imports of problems")
    filterset = ProblemImportFilterSet
    detail_name = "problem_import_detail"
    create_name = "problem_import_upload"


class ProblemUploadView(PageView):
    """Choose a file; its columns are recognised and the preview is made."""

    model = ProblemImport
    action = "create"

    def get(self, request):
        return self.show(ProblemUploadForm())

    def post(self, request):
        form = ProblemUploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                batch = problems_upload(name=upload.name, content=upload.chunks(), by=request.user)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                return HttpResponseRedirect(reverse("problem_import_detail", args=[batch.uid]))
        return self.show(form, 422)

    def show(self, form, status=200):
        context = {
            "form": form, "title": _("Import problems"), "submit_label": _("Look what is in it"),
            "cancel_url": reverse("problem_import_list"),
            "subtitle": _("Nothing is written before you have seen what would be done."),
        }  # fmt: skip
        return render(self.request, "visits/problem_upload.html", context, status=status)


class ProblemTemplateView(PageView):
    """An empty list with the headings that are known."""

    model = ProblemImport

    def get(self, request):
        path = Path(settings.MEDIA_ROOT) / f"imports/template-{request.user.pk}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(path, "xlsx", title=_("Problems"), heads=[headings[0] for _label, headings in FIELDS.values()], rows=[])
        file = io.BytesIO(path.read_bytes())
        path.unlink()
        return FileResponse(file, as_attachment=True, filename=f"{_('Problems')}.xlsx")


class OfProblems(BatchView):
    """A page of one import of problems."""

    model = ProblemImport
    related = ()
    names = {name: f"problem_import_{name}" for name in ("detail", "commit", "undo", "refused")}


class ProblemImportDetailView(OfProblems, ImportDetailView):
    template = "visits/problem_import.html"
    tell_rows = staticmethod(tell_rows)
    obstacles_to_undo = staticmethod(obstacles_to_undo)


class ProblemImportCommitView(OfProblems, ImportVerbView):
    def run(self, batch):
        problems_commit(batch=batch, by=self.request.user)
        messages.success(self.request, _("The file has been imported."))


class ProblemImportUndoView(OfProblems, ImportVerbView):
    def run(self, batch):
        problems_undo(batch=batch, by=self.request.user)
        messages.success(self.request, _("The import has been taken back."))


class ProblemImportRefusedView(OfProblems, ImportRefusedView):
    """The refused rows as a spreadsheet, each with its reason."""
