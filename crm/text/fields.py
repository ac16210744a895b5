"""Fields of names: what is shown as a name holds nothing that no eye sees, whichever way it comes
in.

The text is made plain (crm.text.words.plain_name) where a form or a model is checked and again
where it is written, so that commands and bulk writers, which check nothing, are covered too.
"""

from typing import Any

from django import forms
from django.db import models

from crm.secrets.encryption import EncryptedTextField
from crm.text.words import plain_name


class NameFormField(forms.CharField):
    """A name in a form."""

    def to_python(self, value) -> str | None:
        value = super().to_python(value)
        return plain_name(value) if isinstance(value, str) else value


class _Plain:
    """What both fields of names share."""

    def to_python(self, value) -> Any:
        value = super().to_python(value)
        return plain_name(value) if isinstance(value, str) else value

    def get_prep_value(self, value) -> Any:
        return super().get_prep_value(plain_name(value) if isinstance(value, str) else value)

    def pre_save(self, row, add) -> Any:
        value = super().pre_save(row, add)
        if isinstance(value, str):
            value = plain_name(value)
            setattr(row, self.attname, value)
        return value

    def formfield(self, **options) -> Any:
        return super().formfield(**{"form_class": NameFormField, **options})

    def deconstruct(self) -> tuple:
        """For migrations it is the field that it stands on: its column is the same."""
        name, _path, arguments, options = super().deconstruct()
        return name, self.stands_on, arguments, options


class NameField(_Plain, models.CharField):
    """A name, a title or another line that people read as one."""

    stands_on = "django.db.models.CharField"


class EncryptedNameField(_Plain, EncryptedTextField):
    """A name that the database only ever holds encrypted."""

    stands_on = "crm.secrets.encryption.EncryptedTextField"
