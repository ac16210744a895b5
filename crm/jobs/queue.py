"""The life of a job. The row is the queue; Celery only wakes workers, so losing it loses nothing.

    queued ──claim──▶ running ──▶ done | failed
       ▲                 │ lease ran out (the worker was killed), or the work wants to wait for its parts
       └─────────────────┘

A kind of work registers a function ``work(job)`` with ``@job_kind("name")``. It is called by
whichever worker claims the row and may be called again after a kill. It reports with
``progress(job, done, total)``, which also prolongs the lease. It returns nothing, or a function
that writes its effects: that one is called in the transaction that marks the job done, and only
while the job is this worker's; effects written otherwise carry unique keys of their own. It raises
``Waiting`` to sleep until all its parts are finished. A refusal (crm.errors.Refusal) fails the job
with its sentence; any other error is tried again, up to ATTEMPTS times. What waits for the work
learns through ``given_up(job)``, which is called in the transaction that marks the job failed,
however that came.
"""

import datetime
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.backing import away
from crm.hooks import Hook
from crm.models import Job

log = logging.getLogger(__name__)

#: The task by which a worker is woken: known by its name, as a task is to whoever sends it.
TASK = "crm.tasks.run_job"
ATTEMPTS = 3
#: Seconds after which a job that no worker took is sent again.
RESEND = 30
UNDONE = (Job.State.QUEUED, Job.State.RUNNING)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: ``work(job)`` does it; ``given_up(job)`` writes that nothing will come of it.

    One that is not ``listed`` among a person's downloads shows its progress on a page of its own.
    """

    name: str
    work: Callable
    listed: bool = True
    given_up: Callable | None = None


#: Filled with JobKind by ``job_kind``.
kinds = Hook("job_kinds", "What a worker can do (crm.jobs.queue.JobKind).", key=attrgetter("name"))


class Waiting(Exception):  # noqa: N818 (it is a signal, not an error)
    """Raised by a work function whose job continues once all its parts have finished."""


def job_kind(name, *, listed=True, given_up=None) -> Callable[..., Any]:
    """Make the decorated ``work(job)`` what is done for jobs of kind ``name`` (see JobKind)."""

    def register(work) -> Any:
        kinds.add(JobKind(name, work, listed, given_up))
        return work

    return register


def order_job(kind, *, by, title, params=None, parent=None, total=0, uid=None) -> Any:
    """Write a job and, once the transaction is committed, wake a worker.

    The same ``uid`` orders the same job once.
    """
    if kinds.get(kind) is None:
        raise LookupError(f"no work is registered for jobs of kind {kind!r}")
    job, created = Job.objects.get_or_create(
        uid=uid or uuid.uuid4(),
        defaults={
            "kind": kind,
            "owner": by,
            "title": title[:200],
            "params": params or {},
            "parent": parent,
            "total": total,
        },
    )
    if created:
        wake(job.pk)
    return job


def order_parts(parent, kind, items) -> int:
    """Write one part for each ``(uid, title, params)`` that is not there yet; returns how many
    parts there are now.

    ``uid`` must be the same for the same item at every call, so that a parent that is run again
    adds nothing.
    """
    common = {"kind": kind, "parent": parent, "owner_id": parent.owner_id}
    rows = [
        Job(uid=uid, title=title[:200], params=params, **common) for uid, title, params in items
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    queued = Job.objects.filter(parent=parent, state=Job.State.QUEUED).order_by("pk")
    for pk in queued.values_list("pk", flat=True):
        wake(pk)
    return Job.objects.filter(parent=parent).count()


def wake(job_id) -> None:
    """Send a job to a worker when the transaction has been committed.

    If the broker is away the relay will send it later.
    """
    transaction.on_commit(partial(_send, job_id))


def _send(job_id: int) -> None:
    if away.broker.lasts:
        return
    try:
        current_app.send_task(TASK, args=[job_id], retry=False)
    except Exception as error:  # the row is written: any failure of the broker only delays it
        away.broker.noted(error)
    else:
        away.broker.over()


def relay_jobs(limit=200) -> int:
    """Send again whatever the database says is undone and nobody works on; returns how many.

    A parent with undone parts is left alone: its last part wakes it. What was sent is not sent
    again for RESEND seconds, so that a long queue does not fill the broker with the same messages.
    """
    away.broker.over()  # it is who asked for this
    now = timezone.now()
    sent = list(_idle(now).values_list("pk", flat=True)[:limit])
    Job.objects.filter(pk__in=sent, state=Job.State.QUEUED).update(
        lease_until=now + datetime.timedelta(seconds=RESEND)
    )
    for pk in sent:
        wake(pk)
    return len(sent)


def _idle(now: datetime.datetime) -> QuerySet[Job]:
    """The jobs that nobody works on, the oldest first, without those that wait for their parts."""
    waiting = Q(state=Job.State.QUEUED) & (Q(lease_until__isnull=True) | Q(lease_until__lt=now))
    parents = Job.objects.filter(state__in=UNDONE, parent__isnull=False).values("parent")
    return (
        Job.objects.filter(waiting | Q(state=Job.State.RUNNING, lease_until__lt=now))
        .exclude(pk__in=parents)
        .order_by("pk")
    )


def expire_files() -> int:
    """Remove the files of jobs that finished more than settings.JOB_FILE_DAYS days ago; returns how
    many went. The rows stay and say so.
    """
    ended = timezone.now() - datetime.timedelta(days=settings.JOB_FILE_DAYS)
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("The file was removed after %(days)d days. Order it again if you need it.") % {
            "days": settings.JOB_FILE_DAYS
        }
    Job.objects.filter(finished_at__lt=ended).exclude(file="").exclude(state__in=UNDONE).update(
        file="", message=sentence
    )
    return _remove_unnamed(ended)


def _remove_unnamed(ended: datetime.datetime) -> int:
    """Remove the files from before ``ended`` that no row points to (any more); returns how many.

    Those whose rows expired are among them, and what a kill left behind: a worker's draft, a file
    whose row was expired just before.
    """
    removed = 0
    for folder in settings.JOB_FILE_FOLDERS:
        for path in (settings.MEDIA_ROOT / folder).glob("*"):
            old = path.stat().st_mtime < ended.timestamp()
            if old and not Job.objects.filter(file=f"{folder}/{path.name}").exists():
                path.unlink(missing_ok=True)
                removed += 1
    return removed
