"""Work in the background: a job is a row, and the row is the queue."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.media import MediaPathField
from crm.db.querysets import ScopedManager
from crm.roles import Role
from crm.text.fields import NameField


class Job(models.Model):
    """Something a worker does for a person: an export, a PDF, an import.

    See crm.jobs.queue for its life.

    ``lease_until`` is how long the worker that claimed the job may be believed alive; after it the
    job is taken up again by another. A job with a ``parent`` is one part of it; the parent finishes
    when no part is undone.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    title = NameField(_("title"), max_length=200)
    params = models.JSONField(default=dict)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("ordered by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(_("message"), max_length=500, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    file = MediaPathField(max_length=200, default="", blank=True)
    # As the person will save it.
    file_name = NameField(_("file"), max_length=200, default="", blank=True)
    created_at = models.DateTimeField(_("ordered at"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = ScopedManager()
    roles_for = {"view": Role.ALL, "create": Role.ALL, "change": Role.ALL}
    personal = True

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_undone")]

    def __str__(self) -> Any:
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A job and its file are for the person who ordered it."""
        return Q(owner__in=scope.own)

    @property
    def state_shown(self) -> Any:
        """The state in words; a job that waits for its parts is at work."""
        at_work = self.state == self.State.QUEUED and self.done > 0
        return self.State.RUNNING.label if at_work else self.get_state_display()

    @property
    def is_undone(self) -> bool:
        """Whether a worker has it before them."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def percent(self) -> Any:
        """Progress from 0 to 100."""
        return (
            100
            if self.state == self.State.DONE
            else (100 * self.done // self.total if self.total else 0)
        )
