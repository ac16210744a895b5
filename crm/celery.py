"""The Celery application. Workers are only woken by it: the database is the queue of record (crm.jobs)."""

import os

from celery import Celery
from celery.signals import worker_process_init

from crm import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
broker.register()

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def read_fonts(**_arguments):
    """Let each worker process read the fonts before its first document."""
    from crm import pdf  # noqa: PLC0415 (it needs the settings)

    pdf.warm()
