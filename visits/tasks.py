"""Celery's entry points to this app's functions: they do nothing themselves."""

from celery import shared_task
from celery.signals import worker_process_init

from crm.documents import pdf
from crm.jobs import nightly
from liaisons.imports.services import sweep_imports
from visits.attachments import photos
from visits.attachments import services as attachments
from visits.problems import deadlines, workflow
from visits.reporting import rollups
from visits.summaries.work import CSS


@worker_process_init.connect
def read_fonts(**_arguments) -> None:
    """Let each worker process read the fonts before its first document."""
    pdf.warm(CSS)


@shared_task
@nightly.once
def reconcile_rollups() -> None:
    """Heal at night what differs between the roll-ups and the visits."""
    rollups.reconcile_rollups()


@shared_task
@nightly.once
def sweep_uploads() -> None:
    """Remove the photos, files and spreadsheets that were sent and never taken."""
    photos.sweep_photos()
    attachments.sweep_attachments()
    attachments.sweep_quarantine()
    sweep_imports()


@shared_task
def sweep_due() -> None:
    """Tell of what is nearly due, overdue or overdue for long, and was not told yet."""
    deadlines.sweep_due()


@shared_task
def sweep_follow_ups() -> None:
    """Let the follow-ups whose time is over fall silent, all of them."""
    while workflow.sweep_follow_ups():
        pass
