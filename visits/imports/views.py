"""The pages of imports of problems.

What they have in common with those of enterprises is liaisons.imports.views'.
"""

from pathlib import Path

from django import forms
from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.pages.generic import PageView
from liaisons.imports.batch_views import BatchMixin, ImportDetailView
from liaisons.imports.verb_views import (
    ImportCommitView,
    ImportRefusedView,
    ImportUndoView,
    workbook_answer,
)
from liaisons.imports.views import BatchUploadView, ImportListView
from visits.imports.columns import FIELDS
from visits.imports.forms import ProblemUploadForm
from visits.imports.presentation import tell_rows
from visits.imports.services import obstacles_to_undo, problems_upload
from visits.models import ProblemImport


class ProblemImportListView(ImportListView):
    """One's own imports of problems, the newest first."""

    model = ProblemImport
    title = gettext_lazy("Imports of problems")
    detail_name = "problem_import_detail"
    create_name = "problem_import_upload"


class ProblemUploadView(BatchUploadView):
    """Choose a file of problems."""

    model = ProblemImport
    form_class = ProblemUploadForm
    template_name = "imports/problem_upload.html"
    title = gettext_lazy("Import problems")
    detail_name, list_name = "problem_import_detail", "problem_import_list"

    def upload(self, form: forms.Form) -> ProblemImport:
        file = form.cleaned_data["file"]
        return problems_upload(name=file.name, content=file.chunks(), by=self.request.user)


class ProblemTemplateView(PageView):
    """An empty list with the headings that are known."""

    model = ProblemImport

    def get(self, request: HttpRequest) -> FileResponse:
        path = Path(settings.MEDIA_ROOT) / f"imports/template-{request.user.pk}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        return workbook_answer(
            path,
            f"{_('Problems')}.xlsx",
            title=_("Problems"),
            heads=[headings[0] for _label, headings in FIELDS.values()],
            rows=[],
        )


class OfProblems(BatchMixin):
    """A page of one import of problems."""

    model = ProblemImport
    related = ("job",)
    names = {name: f"problem_import_{name}" for name in ("detail", "commit", "undo", "refused")}
    upload_name = "problem_import_upload"


class ProblemImportDetailView(OfProblems, ImportDetailView):
    template_name = "imports/problem_import.html"
    tell_rows = staticmethod(tell_rows)
    obstacles_to_undo = staticmethod(obstacles_to_undo)


class ProblemImportCommitView(OfProblems, ImportCommitView):
    """Have the previewed problems registered."""


class ProblemImportUndoView(OfProblems, ImportUndoView):
    """Have an import of problems taken back."""


class ProblemImportRefusedView(OfProblems, ImportRefusedView):
    """The refused rows as a spreadsheet, each with its reason."""
