"""How a worker makes a ledger; run again after a kill, it makes it anew."""

import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import WorkingCalendar
from crm.documents.exports import (
    CHUNK,
    file_of,
    filter_words,
    filtered,
    rows_by_key,
    tell_cut,
)
from crm.documents.ledgers import LedgerHead, write_ledger
from crm.jobs.performing import progress
from crm.jobs.queue import job_kind
from visits.ledgers.columns import COLUMNS
from visits.ledgers.table import Clock, terms_of, with_needs

#: Problems of one ledger: what one sheet is looked through by people, and printed.
MOST_ROWS = 50_000


@job_kind("ledger")
def make_ledger(job) -> None:
    """The workbook with what the list's filters show to the person who ordered it, when it is made."""
    _definition, filters, ordering = filtered(job)
    columns = [COLUMNS[key] for key in job.params["columns"] if key in COLUMNS]
    total, clock = filters.qs.order_by().count(), Clock(timezone.now(), WorkingCalendar())
    progress(job, 0, min(total, MOST_ROWS))
    rows, now = with_needs(filters.qs, columns), timezone.localtime(clock.now)
    name = re.sub(r'[\x00-\x1f\\/:*?"<>|]+', "-", job.params["title"])
    with file_of(job, "xlsx", f"{name}_{now:%Y-%m-%d}.xlsx") as draft:
        write_ledger(
            draft,
            title=job.params["title"],
            left=_("Filled in by: %(unit)s") % {"unit": job.params["unit"]},
            right=_("Filled in on: %(day)s") % {"day": f"{now.year}年{now.month}月{now.day}日"},
            about=_("What it holds: %(filter)s. As of %(moment)s.")
            % {"filter": filter_words(filters), "moment": f"{now:%Y-%m-%d %H:%M}"},
            heads=[
                LedgerHead(str(column.label), column.width, column.centred) for column in columns
            ],
            rows=_cells(job, columns, clock, rows_by_key(rows, ordering, MOST_ROWS)),
            notes=lambda count: _notes(count, columns),
            signature=[
                _("Made by: %(name)s") % {"name": job.owner.name},
                _("Checked by:"),
                _("Telephone:"),
            ],
        )
        progress(job, min(total, MOST_ROWS))
    tell_cut(job, total, MOST_ROWS)


def _cells(job, columns, clock, rows) -> Iterator[list]:
    for number, row in enumerate(rows, start=1):
        if number % CHUNK == 0:
            progress(job, number)
        yield [column.value(row, clock) for column in columns]


def _notes(count, columns) -> list[str]:
    """What stands below the table: how many there are, and what the words mean."""
    return [
        _(
            "Notes: %(count)d problems in all. Limits are counted in working days or office hours, days overdue in working days."
        )
        % {"count": count},
        *(f"{number}. {term}" for number, term in enumerate(terms_of(columns), start=1)),
    ]
