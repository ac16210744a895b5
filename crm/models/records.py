"""What is written beside every change: who did it (audit), and what others must hear of (outbox)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.roles import Role
from crm.text.fields import NameField


class AuditEvent(models.Model):
    """One act of one person: time, person, kind, object, success (GB/T 22239-2019 §8.1.4.3). Never
    changed.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    actor_name = NameField(_("person's name"), max_length=80, default="", blank=True)
    verb = models.CharField(_("act"), max_length=40)
    noun = models.CharField(_("object kind"), max_length=40, default="", blank=True)
    object_uid = models.CharField(_("object"), max_length=40, default="", blank=True)
    ok = models.BooleanField(_("succeeded"), default=True)
    address = models.CharField(_("network address"), max_length=45, default="", blank=True)
    request_id = models.CharField(_("request"), max_length=36, default="", blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = ScopedManager()
    roles_for = {"view": {Role.AUDIT_ADMIN}}

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["noun", "object_uid"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.verb} {self.noun}"

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """The audit administrator reads the whole log."""
        return Q()


class OutboxEvent(models.Model):
    """A change that other systems may hear of, written in the transaction of the change and read by
    cursor (its key).
    """

    at = models.DateTimeField(auto_now_add=True)
    noun = models.CharField(max_length=40)
    object_uid = models.UUIDField()
    verb = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.noun} {self.object_uid}"
