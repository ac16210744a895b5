"""Exports: the rows that a list's filters show, as a spreadsheet, made in the background.

The job re-creates the list's own FilterSet for the person who ordered it, so that it holds what that person may see
when it is made, and not more.
"""

import secrets
from pathlib import Path

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Invalid, NotAllowed
from crm.jobs import job_kind, order_job, progress
from crm.records import audit
from crm.scope import role_may
from crm.spreadsheets import FORMATS, write_table
from crm.views.base import LISTS

#: Rows that one export takes; a spreadsheet ends at 1,048,576.
MOST_ROWS = 500_000
CHUNK = 2000


def export_order(*, name, query, file_format, by):
    """Order an export of the list called ``name`` with ``query`` (a QueryDict); returns the job."""
    definition = LISTS[name]
    if not role_may(by, "view", definition.model):
        raise NotAllowed()
    if file_format not in FORMATS:
        raise Invalid(_("Choose Excel or CSV."))
    filters = _filters(definition, query, by)
    if not filters.is_valid():
        raise Invalid(_("A filter cannot be understood; mend it before you export."))
    definition.ordering_of(query.get("sort", ""))
    title = str(definition.title or definition.model._meta.verbose_name_plural)
    params = {"list": name, "query": query.urlencode(), "format": file_format}
    job = order_job("export", by=by, title=_("Export: %(what)s") % {"what": title}, params=params)
    audit("export.order", by=by, target=job, **params)
    return job


def _filters(definition, query, user):
    return definition.filterset(query, queryset=definition.rows_for(user), user=user)


@job_kind("export")
def export_rows(job):
    """Write the file of one export; run again, it writes it anew."""
    definition, query = LISTS[job.params["list"]], QueryDict(job.params["query"])
    filters = _filters(definition, query, job.owner)
    rows = filters.qs.order_by(*definition.ordering_of(query.get("sort", "")))[:MOST_ROWS]
    total = rows.count()
    progress(job, 0, total)
    title = str(definition.title or definition.model._meta.verbose_name_plural)
    notes = [f"{label}：{value}" for _name, label, value in filters.active()] or [_("no filter")]
    name = f"exports/{secrets.token_urlsafe(18)}.{job.params['format']}"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(
        path,
        job.params["format"],
        title=title,
        heads=[str(column.label) for column in definition.columns],
        rows=_cells(job, definition, rows),
        notes=[
            _("Filter: %(filter)s") % {"filter": "；".join(map(str, notes))},
            _("Made for %(who)s at %(when)s") % {"who": job.owner, "when": timezone.localtime().strftime("%Y-%m-%d %H:%M")},
        ],
    )
    job.file, job.file_name = name, f"{title}_{timezone.localdate()}.{job.params['format']}"
    job.total = total


def _cells(job, definition, rows):
    """The cells of each row, with the progress reported now and then."""
    getters = [column.export or column.value for column in definition.columns]
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        if number % CHUNK == 0:
            progress(job, number)
        yield [getter(row) for getter in getters]
