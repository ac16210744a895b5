"""The ground of the house (organisation, scope, transitions, audit, jobs) and its root (settings,
urls, celery).
"""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
