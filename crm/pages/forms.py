"""What all forms share."""

import uuid
from functools import partial
from html import escape
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe


class FormRenderer(TemplatesSetting):
    """Fields and their errors are drawn by our own templates, alike on every page."""

    field_template_name = "generic/field.html"
    form_template_name = "generic/form_fields.html"

    def render(self, template_name, context, request=None) -> SafeString | str:
        """As Django does, but for choices: drawing two templates for each of hundreds of units took
        half of a page's time.
        """
        if template_name == forms.Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget) -> SafeString:
    """A choice as Django's own template draws it."""
    lines = []
    for group, options, _number in widget["optgroups"]:
        drawn = (
            f'<option value="{escape(str(option["value"]))}"{_attributes(option["attrs"])}>{escape(str(option["label"]))}</option>'
            for option in options
        )
        lines += (
            [f'<optgroup label="{escape(str(group))}">', *drawn, "</optgroup>"] if group else drawn
        )
    body = "".join(lines)
    # All of it is escaped.
    return mark_safe(
        f'<select name="{escape(widget["name"])}"{_attributes(widget["attrs"])}>{body}</select>'
    )


def _attributes(attributes) -> str:
    shown = ((name, value) for name, value in attributes.items() if value is not False)
    return "".join(
        f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in shown
    )


class KeysMixin:
    """A form in which rows are chosen by their keys.

    A key larger than any column holds is no choice. Django expects that of the database, and SQLite's
    driver raises OverflowError (django.forms.models, 5.2).
    """

    def _clean_fields(self) -> None:
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.clean = partial(_clean_key, field, field.clean)
        super()._clean_fields()


def _clean_key(field, clean, value) -> Any:
    try:
        return clean(value)
    except OverflowError:
        code = (
            "invalid_pk_value" if "invalid_pk_value" in field.error_messages else "invalid_choice"
        )
        shown = str(value)[:40]
        raise forms.ValidationError(
            field.error_messages[code], code=code, params={"value": shown, "pk": shown}
        ) from None


class NounForm(KeysMixin, forms.ModelForm):
    """A form for one noun: carries the uid of a create, or the version that an edit read."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, **kwargs) -> None:
        """``user`` is who fills in the form: its choices are what this person may see."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["uid"].initial = uuid.uuid4() if self.instance.pk is None else None
        self.fields["version"].initial = self.instance.version if self.instance.pk else None

    def offer(self, name: str, rows: QuerySet, usable: Q) -> None:
        """Let the field ``name`` choose from ``rows`` that are ``usable``, and from what the changed
        row has: that a unit was closed since is no reason to refuse what somebody else corrects.
        """
        now = getattr(self.instance, self.instance._meta.get_field(name).attname)
        self.fields[name].queryset = rows.filter(usable | Q(pk=now))

    def clean_uid(self) -> Any:
        """A form sent without an identifier makes a row all the same, each time another one."""
        return self.cleaned_data["uid"] or uuid.uuid4()

    def _clean_fields(self) -> None:
        """Read what was sent; a model's field that was not sent keeps the changed row's value."""
        super()._clean_fields()
        for name in self._meta.fields:
            if name in self.fields and self.unsent(name):
                self._errors.pop(name, None)
                self.cleaned_data[name] = getattr(self.instance, name)

    def unsent(self, name: str) -> bool:
        """Whether a change says nothing of the field ``name``, so that it must stay as it is: a
        template may have forgotten it, or a program left it out.

        Of ticks and sets it is never so: a browser says "none" by sending nothing.
        """
        widget, sent_as = self.fields[name].widget, self.add_prefix(name)
        return self.instance.pk is not None and widget.value_omitted_from_data(
            self.data, self.files, sent_as
        )

    def values(self) -> dict[str, Any]:
        """The cleaned values of the model's own fields."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"uid", "version"}
        }

    def payload(self) -> dict[str, Any]:
        """The values as a client sent them, for telling a repeated create from another one."""
        return {
            name: self.data.getlist(self.add_prefix(name))
            if hasattr(self.data, "getlist")
            else self.data.get(name)
            for name in self.fields
            if name != "version"
        }
