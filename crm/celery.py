"""The Celery application.

Workers are only woken by it: the database is the queue of record (crm.jobs.queue).
"""

import os
import sys

from celery import Celery
from celery.signals import worker_init

from crm.backing import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
broker.register()

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def require_readable(**_arguments) -> None:
    """End a worker whose keys open nothing of what the database holds."""
    from django.db import connection  # noqa: PLC0415 (it needs the settings)

    from crm.secrets.readable import refusal_to_start  # noqa: PLC0415 (it needs the models)

    if refusal := refusal_to_start():
        sys.exit(f"✗ {refusal}")
    connection.close()  # its children are not to share it
