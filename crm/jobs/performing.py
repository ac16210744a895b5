"""A worker does a job: it claims the row, works, and ends it, if the job is still its own (crm.jobs.queue)."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.backing.outages import is_outage
from crm.db.kept import kept_plans
from crm.errors import Conflict, Refusal
from crm.jobs.queue import ATTEMPTS, UNDONE, Waiting, kinds, log, wake
from crm.models import Job

#: A job whose workers were killed so many times is given up: the work itself may be what kills
#: them.
CLAIMS = 8


class LeaseLost(Conflict):
    """The lease ran out and another worker has taken the job over: stop without writing anything
    more.
    """


def perform_job(job_id) -> bool:
    """Claim the job and do its work; False when there is nothing to claim (done, or another's)."""
    if (job := _claim(job_id)) is None:
        return False
    try:
        effects = _work(job)
        _finish(job, Job.State.DONE, effects=effects)
    except Waiting:
        _release(job, attempts=0)
    except LeaseLost:
        log.warning("Job %s was taken over by another worker.", job.pk)
    except Refusal as refusal:
        _finish(job, Job.State.FAILED, str(refusal))
    except Exception as error:
        _try_again(job, error)
    return True


def _work(job: Job) -> Callable[[], object] | None:
    """Do the work, in the service's language: what writes its effects, if it has any.

    Refusal for a job of an ended account, and for one that was broken off too often.
    """
    with translation.override(settings.LANGUAGE_CODE):
        if not job.owner.is_active:
            raise Refusal(_("The account that ordered this was ended."))
        if job.attempts > CLAIMS:
            raise Refusal(
                _("This was broken off %(count)d times and is given up. Order less at a time.")
                % {"count": CLAIMS}
            )
        return kinds.get(job.kind).work(job)


def _try_again(job: Job, error: Exception) -> None:
    """Log a failure and release the job, or give it up where it has failed often enough."""
    log.exception("Job %s (%s) failed in attempt %s.", job.pk, job.kind, job.attempts)
    # The database away is no fault of the work's.
    if job.attempts < ATTEMPTS or is_outage(error):
        _release(job)
        return
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _(
            "This did not work; the administrator finds the reason in the log. Order it again."
        )
    _finish(job, Job.State.FAILED, sentence)


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


def progress(job, done, total=None) -> None:
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


def _mine(job) -> QuerySet[Any]:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)


def _release(job, **values) -> None:
    """Put the job back: one that waits for parts is woken by the last of them, one that failed by
    the relay.
    """
    _mine(job).update(state=Job.State.QUEUED, lease_token=None, lease_until=None, **values)
    if job.parts.exists():
        wake_parent(job)


def _finish(job, state, message=None, effects=None) -> None:
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
        if finished:
            _follow_end(job, state, effects)


def _follow_end(job: Job, state: str, effects: Callable[[], object] | None) -> None:
    """What belongs to the end of a job: its effects, who waits for it, its parent."""
    if effects is not None:
        effects()
    kind = kinds.get(job.kind)
    if state == Job.State.FAILED and kind is not None and kind.given_up:
        kind.given_up(job)
    if job.parent_id:
        Job.objects.filter(pk=job.parent_id).update(done=F("done") + 1)
        wake_parent(job.parent)


def _counted(state) -> dict | dict[str, Greatest]:
    """The columns that say how far a finished job is: all of it when done, and what was never
    counted is one part.
    """
    if state != Job.State.DONE:
        return {}
    parts = Greatest(F("total"), 1)
    return {"done": parts, "total": parts}


def wake_parent(parent) -> None:
    """Wake ``parent`` if none of its parts is undone any more."""
    if not Job.objects.filter(parent=parent, state__in=UNDONE).exists():
        wake(parent.pk)
