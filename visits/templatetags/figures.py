"""The cells and bars of the dashboard, drawn at once: as template nodes they took a third of the
page's time.
"""

from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from visits.reporting.figures import FIGURES, PROJECTS

register = template.Library()


@register.simple_tag
def figure_cells(row) -> SafeString:
    """The cells of one line of the table by unit; every number but nought opens its rows."""
    return mark_safe("".join(_cell(key, shown) for key, shown in row.cells.items()))


@register.simple_tag
def month_bars(bars) -> SafeString:
    """The bars of one month, each opening its rows."""
    return mark_safe("".join(_bar(bar, bar["shown"]) for bar in bars))


@register.simple_tag
def figure_definitions() -> SafeString:
    """What each figure says and how it is counted: the same for everybody, so it is drawn once for
    each language.
    """
    return _definitions(get_language())


@lru_cache(maxsize=8)
def _definitions(language) -> SafeString:
    return render_to_string(
        "reporting/dashboard_definitions.html", {"definitions": (*FIGURES, PROJECTS)}
    )


def _cell(key, shown) -> str:
    text = escape(shown.text) or "—"
    text = (
        f'<a href="{escape(shown.url)}">{text}</a>'
        if shown.number
        else f'<span class="none">{text}</span>'
    )
    bar = (
        f'<span class="bar" aria-hidden="true"><i style="width: {shown.width}%"></i></span>'
        if shown.out_of
        else ""
    )
    silent = "" if shown.text else " is-not-said"
    return f'<td class="num short of-{key}{silent}" data-label="{escape(shown.label)}">{text}{bar}</td>'


def _bar(bar, shown) -> str:
    return (
        f'<a class="month-bar is-{bar["key"]}" href="{escape(shown.url)}" style="--length: {bar["length"]}%"'
        f' aria-label="{escape(bar["label"])}"><i></i><span>{escape(shown.text)}</span></a>'
    )
