"""What a person is told, and the secret address under which a calendar program may ask."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.roles import Role
from crm.text.fields import NameField


class Notice(models.Model):
    """Something that one person is told once: see crm.notices.services.

    ``noun`` and ``object_uid`` name the row it is about; whoever does not see that row (any more)
    is not shown the notice. ``key`` names the occasion: however often it is told, a person has it
    once.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notices",
        verbose_name=_("recipient"),
    )
    kind = models.CharField(_("kind"), max_length=40)
    title = NameField(_("about"), max_length=200)
    path = models.CharField(_("page"), max_length=200)
    day = models.DateField(_("day"), null=True)  # the limit it is about, where there is one
    noun = models.CharField(max_length=40, blank=True, default="")
    object_uid = models.UUIDField(null=True)
    key = models.CharField(max_length=120)
    at = models.DateTimeField(_("time"))
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    objects = ScopedManager()
    roles_for = {"view": Role.ALL, "change": Role.ALL}
    personal = True

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]
        # The key first: a sweep asks which of its keys have been told already.
        constraints = [models.UniqueConstraint(fields=["key", "owner"], name="notice_once")]
        indexes = [
            models.Index(fields=["owner", "-at", "-id"], name="notice_newest"),
            models.Index(
                fields=["owner", "-at", "-id"],
                name="notice_unread",
                condition=Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> Any:
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A notice is for one person alone."""
        return Q(owner__in=scope.own)


class CalendarFeed(models.Model):
    """A person's calendar address, one at most.

    Only the SHA-256 of its secret is kept; deleted, it opens nothing.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendar_feed",
        verbose_name=_("owner"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)  # to the hour

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}
    personal = True

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.owner)

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """The address is its owner's alone."""
        return Q(owner__in=scope.own)
