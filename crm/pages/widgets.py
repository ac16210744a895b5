"""Inputs that browsers and telephones draw natively."""

from functools import lru_cache
from html import escape

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe


class DateInput(forms.DateInput):
    """A day, chosen with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A day and a time to the minute, in the city's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs=None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class LongSelect(forms.Select):
    """A choice of hundreds of pairs ``(value, label)``: Django makes a dictionary of a dozen keys
    for each before it draws it.
    """

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = "".join(
            _option(str(key), str(label), str(key) == chosen) for key, label in self.choices
        )
        # All is escaped.
        return mark_safe(
            f"<select{flatatt({'name': name, **self.build_attrs(self.attrs, attrs)})}>{options}</select>"
        )


@lru_cache(maxsize=4096)
def _option(key, label, chosen) -> str:
    return f'<option value="{escape(key)}"{" selected" if chosen else ""}>{escape(label)}</option>'
