"""How other programs prove who they are."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.models import Role
from crm.text.fields import NameField


def digest_of(token) -> str:
    """What is kept of a token.

    The token itself has 256 random bits, so that a plain hash is enough.
    """
    return hashlib.sha256(token.encode()).hexdigest()


class ApiToken(models.Model):
    """A token of one person, for programs that act in that person's name.

    Only the SHA-256 of the token is kept: it is shown once, when it is issued. ``prefix`` is its
    beginning, by which its owner knows it again. It holds until it expires, is revoked, or the
    owner's access is ended (crm.org.access).
    """

    uid = models.UUIDField(_("identifier"), unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("owner")
    )
    name = NameField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)  # to the hour
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    # The owner's access_epoch when it was issued.
    epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = ScopedManager()
    roles_for = {"view": Role.ALL, "create": Role.ALL, "change": Role.ALL}
    personal = True

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A token is for its owner alone."""
        return Q(owner__in=scope.own)
