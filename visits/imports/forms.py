"""The form for importing problems."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ProblemUploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("Spreadsheet (.xlsx, .xls or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
