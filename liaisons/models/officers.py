"""The officers (警务专员), and where each of them was posted from when to when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models import Noun, Role, Unit
from crm.text.fields import NameField


class Officer(Noun):
    """A person who calls on enterprises.

    Its key is the account's key, so that a scope's ``own`` matches both.
    """

    class Kind(models.TextChoices):
        OFFICER = "officer", _("Liaison officer")
        ASSISTANT = "assistant", _("Police assistant")

    class Tier(models.TextChoices):
        CITY = "city", _("City bureau")
        COUNTY = "county", _("County bureau")
        STATION = "station", _("Police station")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="officer",
        verbose_name=_("account"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OFFICER)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices)
    # Copies of the account's and the current posting's values, written by the officer's verbs
    # alone: lists sort by them.
    name = NameField(_("name"), max_length=40)
    police_number = NameField(_("police number"), max_length=20, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officers", verbose_name=_("unit"))
    work_phone = models.CharField(_("work phone"), max_length=20, blank=True, default="")
    left_on = models.DateField(_("left on"), null=True, blank=True)

    roles_for = {
        "view": Role.BUSINESS | {Role.SYSTEM_ADMIN},
        "create": {Role.SYSTEM_ADMIN},
        "change": {Role.SYSTEM_ADMIN},
    }

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        indexes = [
            models.Index(fields=["unit", "name"], name="officer_unit_name"),
            models.Index(fields=["name"], name="officer_name"),
        ]

    def __str__(self) -> Any:
        return self.name

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Colleagues are known to all who do the programme's work, and to the administrator of
        accounts.
        """
        return Q()


def may_call(user) -> bool:
    """Whether ``user`` may call on enterprises and record it: only who is entered as an officer and
    has a unit may.
    """
    return user.unit_id is not None and Officer.objects.filter(pk=user.pk).exists()


class Posting(models.Model):
    """An officer's time in one unit: from ``starts_on`` up to, not including, ``ends_on`` (open
    while it lasts).
    """

    officer = models.ForeignKey(
        Officer, models.PROTECT, related_name="postings", verbose_name=_("officer")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["officer", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="posting_forward",
            ),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ends_on__isnull=True), name="posting_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.unit} {self.starts_on}"
