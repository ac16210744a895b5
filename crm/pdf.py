"""HTML to PDF. The only module that knows WeasyPrint.

WeasyPrint's own fetcher reads local files and follows redirects; what is rendered here is made of people's words, so
only ``data:`` addresses are fetched: pictures are put into the page by whoever makes it.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher


class DataOnly(URLFetcher):
    """Fetches ``data:`` and nothing else."""

    def __init__(self):
        super().__init__(allowed_protocols={"data"}, allow_redirects=False, timeout=1)


@lru_cache(maxsize=1)
def fonts():
    """The fonts of this process, read once."""
    return FontConfiguration()


@lru_cache(maxsize=8)
def stylesheet(name):
    """A stylesheet of templates/pdf, parsed once a process."""
    path = Path(settings.BASE_DIR) / "templates" / "pdf" / name
    return CSS(string=path.read_text(encoding="utf-8"), font_config=fonts(), url_fetcher=DataOnly())


def render_html(html, *, css):
    """The PDF (bytes) of finished HTML with one of our stylesheets."""
    document = HTML(string=html, url_fetcher=DataOnly())
    return document.write_pdf(stylesheets=[stylesheet(css)], font_config=fonts())


def render_pdf(template, context, *, css):
    """The PDF (bytes) of a template; everything a person typed is escaped by the template engine."""
    return render_html(render_to_string(template, context), css=css)


def warm():
    """Load fonts and code before the first real document, so that nobody waits for it."""
    render_html("<p>警企服务</p>", css="summary.css")
