"""Template tags of all apps (a built-in library: no template needs to load it)."""

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.template.base import render_value_in_context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
log = logging.getLogger(__name__)

SPRITE = "vendor/icons/tabler-sprite.svg"
#: widest text of a list's cell that is kept on one line; a Chinese character is two wide
SHORT = 19
#: a choice with more options than this gets a box to search in
MANY_OPTIONS = 10


@lru_cache(maxsize=512)
def icon_body(name) -> SafeString | str:
    """The drawing of one icon, read from the icon package once.

    Empty (and logged) for an unknown name.

    The whole sprite has megabytes: a page carries the few drawings it shows instead.
    """
    wanted = re.compile(rf'<symbol id="tabler-{re.escape(name)}"[^>]*>(.*?)</symbol>', re.S)
    path = finders.find(SPRITE)
    found = wanted.search(Path(path).read_text(encoding="utf-8")) if path else None
    if found:
        return mark_safe(
            re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", found.group(1))
        )
    log.warning("There is no icon called %s.", name)
    return ""


@register.simple_tag
def icon(name, css="") -> SafeString:
    """``{% icon "search" %}``: one drawing of the icon set, hidden from screen readers.

    Write the word beside it.
    """
    body = icon_body(str(name)) if name else ""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        css,
        body,
    )


@register.filter
def dash(value) -> Any:
    """``value``, or a dash where there is none; yes and no in words. Zero stays zero."""
    if value is None or value == "":
        return mark_safe('<span class="none">—</span>')
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


@register.simple_tag(takes_context=True)
def cells(context, row) -> SafeString:
    """The cells of one row of a list.

    Drawn here and not by the template, which takes twice as long: a page has hundreds.
    """
    return mark_safe("".join(_cell(context, cell, row["url"]) for cell in row["cells"]))


def _cell(context, cell, url) -> str:
    """One cell: its classes (``short`` when its text should stay on one line), its label for
    telephones, its value.
    """
    marks = (
        ("num", cell.get("numeric")),
        ("main", cell.get("main")),
        ("muted", cell.get("muted")),
        ("short", _is_short(cell["value"])),
    )
    classes = " ".join(name for name, on in marks if on)
    shown = render_value_in_context(dash(cell["value"]), context)
    inner = _linked(shown, url if cell.get("main") else "")
    return f'<td class="{classes}" data-label="{escape(cell["label"])}">{inner}</td>'


def _is_short(value) -> bool:
    if isinstance(value, SafeString):
        return False
    text = "" if value is None else str(value)
    return len(text) + sum(letter > "\u2e7f" for letter in text) <= SHORT


def _linked(shown: str, url: str) -> str:
    """A cell's value, which leads to the row where there is a ``url``."""
    if url:
        return f'<a class="row-link" href="{escape(url)}">{shown}</a>'
    return f'<span class="value">{shown}</span>'


KINDS = (
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "check"),
    (forms.Textarea, "text-long"),
    (forms.SelectMultiple, "pick"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
)
CSS = {"choices": "", "check": "form-check-input", "select": "form-select", "pick": "form-select"}


@register.filter
def field_kind(field) -> str:
    """How a bound field is drawn: choices, check, text-long, pick, select, file or text."""
    return next((kind for widget, kind in KINDS if isinstance(field.field.widget, widget)), "text")


@register.simple_tag
def control(field, css="", placeholder="") -> SafeString:
    """A bound field's input with our classes.

    Day and time fields become the browser's own pickers.
    """
    widget, attrs = field.field.widget, {}
    if isinstance(widget, (forms.DateInput, forms.DateTimeInput, forms.TimeInput)):
        _use_native_picker(widget)
    if classes := _classes(field, css):
        attrs["class"] = classes
    if placeholder:
        attrs["placeholder"] = widget.attrs.get("placeholder") or placeholder
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") in (None, "10"):
        attrs["rows"] = 3
    drawn = field.as_widget(attrs=attrs)
    return _with_empty_choice(drawn, field) if isinstance(widget, forms.Select) else drawn


def _classes(field, css: str) -> str:
    own = field.field.widget.attrs.get("class", "")
    names = [own, CSS.get(field_kind(field), "form-control"), css]
    return " ".join(filter(None, [*names, "is-invalid" if field.errors else ""]))


def _with_empty_choice(drawn: str, field) -> SafeString:
    """A drawn select, with words for Django's dashes."""
    empty = _("Please choose") if field.field.required else _("(none)")
    return mark_safe(drawn.replace(">---------<", f">{escape(empty)}<"))


def _use_native_picker(widget) -> None:
    """Native pickers only understand ISO 8601, whatever the language of the page."""
    for kind, input_type, pattern in (
        (forms.DateInput, "date", "%Y-%m-%d"),
        (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
        (forms.TimeInput, "time", "%H:%M"),
    ):
        if isinstance(widget, kind):
            widget.input_type, widget.format = input_type, pattern


@register.inclusion_tag("generic/pick.html")
def pick(field, empty="") -> dict[str, Any]:
    """A multiple choice as a box that unfolds to ticks, with a search in it when there are many.

    ``empty`` is said of no choice.
    """
    options = _options(field)
    return {
        "field": field,
        "options": options,
        "picked": [option["label"] for option in options if option["chosen"]],
        "many": len(options) > MANY_OPTIONS,
        "empty": empty or _("Any"),
    }


def _options(field) -> list[dict[str, Any]]:
    """The ticks of a multiple choice, without the empty one."""
    chosen = {str(value) for value in (field.value() or [])}
    return [
        {
            "id": f"{field.auto_id}_{number}",
            "value": value,
            "label": label,
            "chosen": str(value) in chosen,
        }
        for number, (value, label) in enumerate(_flat(field.field.choices))
        if str(value)
    ]


def _flat(choices) -> Iterator[Any]:
    """Options of all groups in one row."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


@register.filter
def part(form, names) -> list:
    """``form|part:"a b"``: the bound fields of these names, in this order.

    A name that the form lacks is a slip in the template: KeyError with the names it has.
    """
    return [form[name] for name in names.split()]


@register.filter
def visible_but(form, name) -> list:
    """The visible bound fields of ``form`` without the one called ``name``."""
    return [field for field in form.visible_fields() if field.name != name]
