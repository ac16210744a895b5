"""What every noun has in common."""

import uuid
from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager


class Noun(models.Model):
    """A row that people and other systems create, read and change.

    ``uid`` is chosen by the client that creates the row (a form, a telephone, another system): the
    same uid with the same payload is the same create sent twice. ``version`` counts edits: an edit
    names the version it read, and a stale one is refused. A subclass states who may do what in
    ``roles_for`` and which rows in ``scope_q``.
    """

    uid = models.UUIDField(_("identifier"), unique=True, default=uuid.uuid4, editable=False)
    payload_hash = models.CharField(max_length=64, editable=False, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )

    objects = ScopedManager()

    #: action ("view", "create", "change", …) → the roles that may do it at all;
    #: ``crm.db.scope.may`` reads it.
    roles_for = {}

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str, field_names: Collection[str], values: Collection) -> Self:
        """A row as it is read; what was read stays noted, so that the row can tell whether it is
        still that (``crm.db.scope.may``).
        """
        row = super().from_db(db, field_names, values)
        row._state.read = field_names, values
        return row

    @classmethod
    def scope_q(cls, scope, action="view") -> Any:
        """The condition that a row is within ``scope`` (crm.db.scope.Scope) for ``action``.

        Own columns and pk__in only.
        """
        raise NotImplementedError(f"{cls.__name__} does not say who may see it")
