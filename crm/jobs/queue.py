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

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.backing import away
from crm.backing.outages import is_outage
from crm.db.kept import kept_plans
from crm.errors import Conflict, Refusal
from crm.models import Job

log = logging.getLogger(__name__)

#: The task by which a worker is woken: known by its name, as a task is to whoever sends it.
TASK = "crm.tasks.run_job"
ATTEMPTS = 3
#: A job whose workers were killed so many times is given up: the work itself may be what kills
#: them.
CLAIMS = 8
#: Seconds after which a job that no worker took is told of again.
RESEND = 30
UNDONE = (Job.State.QUEUED, Job.State.RUNNING)

_kinds = {}
_given_up = {}
#: The kinds that are not shown among a person's downloads.
unlisted = set()


class Waiting(Exception):  # noqa: N818 (it is a signal, not an error)
    """Raised by a work function whose job continues once all its parts have finished."""


class LeaseLost(Conflict):
    """The lease ran out and another worker has taken the job over: stop without writing anything
    more.
    """


def job_kind(name, *, listed=True, given_up=None):
    """Register the decorated ``work(job)`` as what is done for jobs of kind ``name``.

    Not ``listed`` among a person's downloads is what shows its progress on a page of its own.
    ``given_up(job)`` writes that nothing will come of it.
    """

    def register(work):
        _kinds[name] = work
        if given_up is not None:
            _given_up[name] = given_up
        if not listed:
            unlisted.add(name)
        return work

    return register


def order_job(kind, *, by, title, params=None, parent=None, total=0, uid=None):
    """Write a job and, once the transaction is committed, wake a worker.

    The same ``uid`` orders the same job once.
    """
    if kind not in _kinds:
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


def order_parts(parent, kind, items):
    """Write one part for each ``(uid, title, params)`` that is not there yet.

    Returns how many parts there are now.

    ``uid`` must be the same for the same item at every call, so that a parent that is run again
    adds nothing.
    """
    rows = [
        Job(
            uid=uid,
            kind=kind,
            title=title[:200],
            params=params,
            parent=parent,
            owner_id=parent.owner_id,
        )
        for uid, title, params in items
    ]
    Job.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for pk in (
        Job.objects.filter(parent=parent, state=Job.State.QUEUED)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        wake(pk)
    return Job.objects.filter(parent=parent).count()


def wake(job_id):
    """Tell a worker of a job when the transaction has been committed.

    If the broker is away the relay will tell later.
    """

    def send():
        if away.broker.lasts:
            return
        try:
            current_app.send_task(TASK, args=[job_id], retry=False)
        except Exception as error:  # the row is written: any failure of the broker only delays it
            away.broker.noted(error)
        else:
            away.broker.over()

    transaction.on_commit(send)


def perform_job(job_id):
    """Claim the job and do its work.

    False when there is nothing to claim (done, or another worker has it).
    """
    job = _claim(job_id)
    if job is None:
        return False
    try:
        with translation.override(settings.LANGUAGE_CODE):
            if not job.owner.is_active:
                raise Refusal(_("The account that ordered this was ended."))
            if job.attempts > CLAIMS:
                raise Refusal(
                    _("This was broken off %(count)d times and is given up. Order less at a time.")
                    % {"count": CLAIMS}
                )
            effects = _kinds[job.kind](job)
        _finish(job, Job.State.DONE, effects=effects)
    except Waiting:
        _release(job, attempts=0)
    except LeaseLost:
        log.warning("Job %s was taken over by another worker.", job.pk)
    except Refusal as refusal:
        _finish(job, Job.State.FAILED, str(refusal))
    except Exception as error:
        log.exception("Job %s (%s) failed in attempt %s.", job.pk, job.kind, job.attempts)
        if job.attempts >= ATTEMPTS and not is_outage(
            error
        ):  # the database away is no fault of the work's
            with translation.override(settings.LANGUAGE_CODE):
                sentence = _(
                    "This did not work; the administrator finds the reason in the log. Order it again."
                )
            _finish(job, Job.State.FAILED, sentence)
        else:
            _release(job)
    return True


def _claim(job_id: int) -> Job | None:
    """The job, leased to this worker by one conditional UPDATE; None when it is not to be had."""
    now = timezone.now()
    undone = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    with kept_plans():
        claimed = Job.objects.filter(undone, pk=job_id).update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            started_at=now,
            lease_token=uuid.uuid4(),
            lease_until=now + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS),
        )
        if not claimed:
            return None
        return Job.objects.select_related("owner", "owner__unit").get(pk=job_id)


def progress(job, done, total=None):
    """Say how far the job is and prolong its lease.

    LeaseLost when the job is not this worker's any more.
    """
    values = {
        "done": done,
        "lease_until": timezone.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS),
    }
    if total is not None:
        values["total"] = total
    if not _mine(job).update(**values):
        raise LeaseLost()
    job.done = done


def _mine(job):
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)


def _release(job, **values):
    """Put the job back: one that waits for parts is woken by the last of them, one that failed by
    the relay.
    """
    _mine(job).update(state=Job.State.QUEUED, lease_token=None, lease_until=None, **values)
    if job.parts.exists():
        wake_parent(job)


def _finish(job, state, message=None, effects=None):
    message = job.message if message is None else message
    with transaction.atomic():
        finished = _mine(job).update(
            state=state,
            message=message[:500],
            finished_at=timezone.now(),
            file=job.file,
            file_name=job.file_name,
            lease_token=None,
            lease_until=None,
            **_counted(state),
        )
        if finished and effects is not None:
            effects()
        if finished and state == Job.State.FAILED and job.kind in _given_up:
            _given_up[job.kind](job)
        if finished and job.parent_id:
            Job.objects.filter(pk=job.parent_id).update(done=F("done") + 1)
            wake_parent(job.parent)


def _counted(state):
    """The columns that say how far a finished job is: all of it when done, and what was never
    counted is one part.
    """
    if state != Job.State.DONE:
        return {}
    parts = Greatest(F("total"), 1)
    return {"done": parts, "total": parts}


def wake_parent(parent):
    """Wake ``parent`` if none of its parts is undone any more."""
    if not Job.objects.filter(parent=parent, state__in=UNDONE).exists():
        wake(parent.pk)


def relay_jobs(limit=200):
    """Send again whatever the database says is undone and nobody works on.

    Returns how many were sent.

    A parent with undone parts is left alone: its last part wakes it. What was sent is not sent
    again for RESEND seconds, so that a long queue does not fill the broker with the same messages.
    """
    away.broker.over()  # it is who asked for this
    now = timezone.now()
    waiting = Q(state=Job.State.QUEUED) & (Q(lease_until__isnull=True) | Q(lease_until__lt=now))
    undone = (
        Job.objects.filter(waiting | Q(state=Job.State.RUNNING, lease_until__lt=now))
        .exclude(pk__in=Job.objects.filter(state__in=UNDONE, parent__isnull=False).values("parent"))
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    sent = list(undone)
    Job.objects.filter(pk__in=sent, state=Job.State.QUEUED).update(
        lease_until=now + datetime.timedelta(seconds=RESEND)
    )
    for pk in sent:
        wake(pk)
    return len(sent)


def expire_files():
    """Remove the files of jobs that finished more than settings.JOB_FILE_DAYS days ago.

    Returns how many went.

    The rows stay and say so. What no row points to any more (a killed worker's draft, a file whose
    row was expired just before a kill) goes as well once it is as old.
    """
    now = timezone.now()
    ended = now - datetime.timedelta(days=settings.JOB_FILE_DAYS)
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _("The file was removed after %(days)d days. Order it again if you need it.") % {
            "days": settings.JOB_FILE_DAYS
        }
    Job.objects.filter(finished_at__lt=ended).exclude(file="").exclude(state__in=UNDONE).update(
        file="", message=sentence
    )
    removed = 0
    for folder in settings.JOB_FILE_FOLDERS:
        for path in (settings.MEDIA_ROOT / folder).glob("*"):
            old = path.stat().st_mtime < ended.timestamp()
            if old and not Job.objects.filter(file=f"{folder}/{path.name}").exists():
                path.unlink(missing_ok=True)
                removed += 1
    return removed
