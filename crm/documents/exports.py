"""Exports: the rows that a list's filters show, as a spreadsheet, made in the background.

The job re-creates the list's own FilterSet for the person who ordered it, so that it holds what
that person may see when it is made, and not more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.paging import page_by_key
from crm.db.scope import role_may
from crm.documents.spreadsheets import FORMATS, write_table
from crm.errors import Invalid, Missing, NotAllowed
from crm.jobs.performing import progress
from crm.jobs.queue import job_kind, order_job
from crm.pages.generic import LISTS
from crm.writing.audit import audit

#: Rows that one export takes; a spreadsheet ends at 1,048,576.
MOST_ROWS = 500_000
CHUNK = 2000
FOLDER = "exports"  # below MEDIA_ROOT


def list_called(name) -> Any:
    """The list whose address has the name ``name``; Missing when there is none."""
    # A worker serves no pages, and lists are known once their pages are.
    import_module(settings.ROOT_URLCONF)
    if name not in LISTS:
        raise Missing()
    return LISTS[name]


def export_order(*, name, query, file_format, by) -> Any:
    """Order an export of the list called ``name`` with ``query`` (a QueryDict); returns the job."""
    definition, kept = asked(name, query, by)
    if file_format not in FORMATS:
        raise Invalid(_("Choose Excel or CSV."))
    params = {"list": name, "query": kept, "format": file_format}
    job = order_job(
        "export", by=by, title=_("Export: %(what)s") % {"what": title_of(definition)}, params=params
    )
    audit("export.order", by=by, target=job, **params)
    return job


def asked(name, query, user) -> tuple:
    """The list called ``name``, and ``query`` as it may be kept.

    NotAllowed, or Invalid where the list would show an error.
    """
    definition = list_called(name)
    if not role_may(user, "view", definition.model):
        raise NotAllowed()
    if not _filters(definition, query, user).is_valid():
        raise Invalid(_("A filter cannot be understood; mend it before you export."))
    definition.ordering_of(query.get("sort", ""))
    return definition, definition.filterset_class.sealed_query(query).urlencode()


def filtered(job) -> tuple:
    """The list that a job is about and its filters, asked anew for the person who ordered it."""
    definition, query = list_called(job.params["list"]), QueryDict(job.params["query"])
    if not role_may(job.owner, "view", definition.model):
        raise NotAllowed()
    filters = _filters(definition, query, job.owner)
    if not filters.is_valid():
        raise Invalid(
            _(
                "A filter cannot be understood any more. Look at the list and order the export again."
            )
        )
    return definition, filters, definition.ordering_of(query.get("sort", ""))


def title_of(definition) -> str:
    return str(definition.title or definition.model._meta.verbose_name_plural)


def _filters(definition, query, user) -> Any:
    return definition.filterset_class(query, queryset=definition.rows_for(user), user=user)


@contextmanager
def file_of(job, suffix, file_name) -> Iterator[Path]:
    """Where the file of a job is written: what it yields is a draft, and takes its place once it is
    whole.

    The lease is in the draft's name: a worker that lost the job never writes into the file of its
    successor.
    """
    path = Path(settings.MEDIA_ROOT) / FOLDER / f"{job.uid}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{job.uid}.{job.lease_token.hex}.part")
    yield draft
    os.replace(draft, path)
    for left in path.parent.glob(f"{job.uid}.*.part"):  # what killed workers left
        left.unlink(missing_ok=True)
    job.file, job.file_name = f"{FOLDER}/{path.name}", file_name


@job_kind("export")
def export_rows(job) -> None:
    """Write the file of one export; run again, it writes it anew."""
    definition, filters, ordering = filtered(job)
    rows, total = filters.qs, filters.qs.order_by().count()
    progress(job, 0, min(total, MOST_ROWS))
    title, file_format = title_of(definition), job.params["format"]
    with file_of(job, file_format, f"{title}_{timezone.localdate()}.{file_format}") as draft:
        write_table(
            draft,
            file_format,
            title=title,
            heads=[str(column.label) for column in definition.columns],
            rows=_cells(job, definition, rows_by_key(rows, ordering)),
            notes=_notes(job, filters),
        )
        progress(job, min(total, MOST_ROWS))
    tell_cut(job, total, MOST_ROWS)


def tell_cut(job, total, most) -> None:
    """Say so where a file holds no more than the first ``most`` of ``total`` rows."""
    if total > most:
        job.message = _(
            "The list has %(total)d rows; the file holds the first %(most)d. Filter it to get the others."
        ) % {
            "total": total,
            "most": most,
        }


def filter_words(filters) -> str:
    """What the filters show, in words."""
    return "；".join(f"{label}：{value}" for _name, label, value in filters.active()) or _(
        "no filter"
    )


def _notes(job, filters) -> list[str]:
    """What the file holds, for whom and when it was made."""
    when = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return [
        _("Filter: %(filter)s") % {"filter": filter_words(filters)},
        _("Made for %(who)s at %(when)s") % {"who": job.owner, "when": when},
    ]


def rows_by_key(rows, ordering, most=None) -> Iterator[Any]:
    """Up to ``most`` (MOST_ROWS) rows, read page by page: no statement stays open while the
    progress is written.
    """
    cursor, left = None, MOST_ROWS if most is None else most
    while left > 0:
        page = page_by_key(rows, ordering, size=min(CHUNK, left), cursor=cursor)
        yield from page
        cursor, left = page.next_cursor, left - len(page)
        if cursor is None:
            return


def _cells(job, definition, rows) -> Iterator[list]:
    """The cells of each row, with the progress reported now and then."""
    getters = [column.export or column.value for column in definition.columns]
    for number, row in enumerate(rows, start=1):
        if number % CHUNK == 0:
            progress(job, number)
        yield [getter(row) for getter in getters]
