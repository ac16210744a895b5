"""Celery's entry points to the core's functions: each takes an id and does nothing itself."""

from celery import shared_task

from crm.backing import rates
from crm.jobs import nightly, performing, queue
from crm.notices import digests, services


@shared_task
def run_job(job_id) -> None:
    """Do one job, if it is still to be done."""
    performing.perform_job(job_id)


@shared_task
def relay_jobs() -> None:
    """Send again what a lost message or a killed worker left undone."""
    queue.relay_jobs()


@shared_task
def expire_files() -> None:
    """Remove the files that were kept long enough."""
    queue.expire_files()


@shared_task
@nightly.once
def expire_notices() -> None:
    """Delete the notices that were kept long enough."""
    services.expire_notices()


@shared_task
def expire_counts() -> None:
    """Delete the counters of limits whose time is over."""
    rates.expire_counts()


@shared_task
def run_missed() -> None:
    """Make up for the works of this night that were not done at their hour."""
    nightly.run_missed()


@shared_task
def warn_calendar_end() -> None:
    """Tell the administrators in time that the known calendar ends."""
    services.warn_calendar_end()


@shared_task
def send_digests() -> None:
    """Send the day's mails that are not sent yet."""
    digests.send_digests()
