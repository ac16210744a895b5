"""Celery's doors to this room's functions: they do nothing themselves."""

from celery import shared_task

from visits import tallies


@shared_task
def reconcile_tallies():
    """Heal at night what differs between the tallies and the visits."""
    tallies.reconcile_tallies()
