"""HTML to PDF. The only module that knows WeasyPrint.

WeasyPrint's own fetcher reads local files and follows redirects; what is rendered here is made of
people's words, so only ``data:`` addresses are fetched: pictures are put into the page by whoever
makes it.

It is loaded with the first document: it takes some 40 MB and brings a library that reads pictures,
and no web process needs either.
"""

import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string


@cache
def weasyprint() -> Any:
    """WeasyPrint's package."""
    # Before it reads the fonts: besides the machine's own, those that deploy/setup.sh keeps with
    # the project.
    os.environ.setdefault("FONTCONFIG_FILE", str(settings.BASE_DIR / "deploy" / "fonts.conf"))
    import weasyprint  # noqa: PLC0415 (as said above)

    return weasyprint


def data_only() -> Any:
    """What fetches ``data:`` and nothing else."""
    return weasyprint().urls.URLFetcher(
        allowed_protocols={"data"}, allow_redirects=False, timeout=1
    )


@cache
def fonts() -> Any:
    """The fonts of this process, read once."""
    return weasyprint().text.fonts.FontConfiguration()


@lru_cache(maxsize=8)
def stylesheet(name) -> Any:
    """A stylesheet below templates/, parsed once a process."""
    path = Path(settings.BASE_DIR) / "templates" / name
    return _css(path.read_text(encoding="utf-8"))


def _css(text) -> Any:
    return weasyprint().CSS(string=text, font_config=fonts(), url_fetcher=data_only())


def render_html(html, *, css) -> bytes | None:
    """The PDF (bytes) of finished HTML with one of our stylesheets."""
    document = weasyprint().HTML(string=html, url_fetcher=data_only())
    return document.write_pdf(stylesheets=[stylesheet(css)], font_config=fonts())


def render_pdf(template, context, *, css) -> bytes | None:
    """The PDF (bytes) of a template.

    Everything a person typed is escaped by the template engine.
    """
    return render_html(render_to_string(template, context), css=css)


def lay_out(template, context, *, css, first_page=1) -> Any:
    """A template laid out into pages that are numbered from ``first_page``, to be bound with others
    by ``bind``.
    """
    sheets = [stylesheet(css)]
    if first_page > 1:
        side = "right" if first_page % 2 else "left"
        sheets.append(
            _css(
                f"html {{ break-before: {side} }} @page :first {{ counter-reset: page {first_page} }}"
            )
        )
    document = weasyprint().HTML(
        string=render_to_string(template, context), url_fetcher=data_only()
    )
    return document.render(font_config=fonts(), stylesheets=sheets)


def places(document) -> dict[Any, int]:
    """Anchor → page (counted from 0) of a laid-out document."""
    return {anchor: number for number, page in enumerate(document.pages) for anchor in page.anchors}


def bind(documents) -> Any:
    """One PDF (bytes) of laid-out documents, with the first one's title and author.

    Links work across them.
    """
    pages = [page for document in documents for page in document.pages]
    return documents[0].copy(pages).write_pdf()


def warm(css) -> None:
    """Load fonts, code and the stylesheet before the first real document, so that nobody waits for
    it.
    """
    render_html("<h1>警企服务</h1><h2>一</h2><h3>二</h3><p>三 1</p>", css=css)
