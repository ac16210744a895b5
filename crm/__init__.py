"""The core (organisation, scope, writing, audit, jobs) and the project (settings, urls, celery)."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
