"""Filters that a person keeps: a list with its address."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.roles import Role
from crm.text.fields import NameField


class SavedLink(models.Model):
    """A named address inside this system (path and query), of one person."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_links",
        verbose_name=_("owner"),
    )
    name = NameField(_("name"), max_length=60)
    path = models.CharField(_("page"), max_length=200)
    query = models.CharField(_("filter"), max_length=2000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    roles_for = {"view": Role.ALL, "create": Role.ALL, "change": Role.ALL}
    personal = True

    class Meta:
        verbose_name = _("saved link")
        verbose_name_plural = _("saved links")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "path", "name"], name="savedlink_name_once")
        ]

    def __str__(self) -> Any:
        return self.name

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A saved link is its owner's alone."""
        return Q(owner__in=scope.own)
