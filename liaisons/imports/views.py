"""The pages of imports: the list of them, and the upload of another file."""

import django_filters
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import Refusal
from crm.pages.filters import NounFilterSet
from crm.pages.generic import Column, FormPageView, NounListView, moment
from liaisons.imports.forms import ImportUploadForm
from liaisons.imports.services import import_upload
from liaisons.imports.work import READ, import_order
from liaisons.models import ImportBatch
from liaisons.models.imports import Batch


class ImportFilterSet(NounFilterSet):
    """The filters of imports, whatever is imported."""

    state = django_filters.ChoiceFilter(choices=Batch.State.choices, label=gettext_lazy("State"))


class ImportListView(NounListView):
    """One's own imports, the newest first."""

    model = ImportBatch
    title = gettext_lazy("Imports of enterprises")
    filterset_class = ImportFilterSet
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
        Column("created_at", gettext_lazy("Uploaded at"), lambda b: moment(b.created_at)),
    )


class BatchUploadView(FormPageView):
    """Choose a file; it is read in the background and the preview is made."""

    action = "create"
    object = None
    submit_label = gettext_lazy("Look what is in it")
    detail_name = list_name = ""

    def upload(self, form: forms.Form) -> Batch:
        """Keep the file of the form as a batch."""
        raise NotImplementedError

    def perform(self, form: forms.Form) -> None:
        with transaction.atomic():
            self.object = self.upload(form)
            import_order(batch=self.object, act=READ, by=self.request.user)

    def form_refused(self, form: forms.Form, refusal: Refusal) -> HttpResponse:
        form.add_error("file", str(refusal))
        return self.form_invalid(form)

    def get_success_url(self) -> str:
        return reverse(self.detail_name, args=[self.object.uid])

    def get_cancel_url(self) -> str:
        return reverse(self.list_name)

    def get_context_data(self, **kwargs: object) -> dict:
        subtitle = _("Nothing is written before you have seen what would be done.")
        return super().get_context_data(subtitle=subtitle, **kwargs)


class ImportUploadView(BatchUploadView):
    """Choose a file of enterprises, and who answers for those whose row does not say."""

    model = ImportBatch
    form_class = ImportUploadForm
    title = gettext_lazy("Import enterprises")
    detail_name, list_name = "import_detail", "import_list"

    def get_initial(self) -> dict:
        return {"unit": self.request.user.unit}

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"user": self.request.user}

    def upload(self, form: ImportUploadForm) -> ImportBatch:
        file, unit = form.cleaned_data["file"], form.cleaned_data["unit"]
        return import_upload(name=file.name, content=file.chunks(), by=self.request.user, unit=unit)
