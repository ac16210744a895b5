"""National code tables: administrative divisions and industries."""

from functools import reduce
from operator import or_
from typing import Any, Self

from django.core.cache import cache
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.hooks import Hook
from crm.text.fields import NameField

divisions_used = Hook(
    "divisions_used", "Functions that give the keys of the divisions a model's rows lie in."
)
industries_changed = Hook(
    "industries_changed",
    "Called with the codes of industries that came into another section, in that transaction.",
)

#: Seconds until a division in which something has come to lie is offered by every process.
KEPT = 60


class DivisionQuerySet(models.QuerySet):
    def in_use(self) -> Self:
        """The divisions that something lies in: what people choose from."""
        return self.filter(reduce(or_, (Q(pk__in=keys()) for keys in divisions_used))).order_by(
            "code"
        )


class Division(models.Model):
    """An administrative division (GB/T 2260, six digits: 330302 is 鹿城区).

    Nothing is wired to one city.
    """

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = NameField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    obsolete = models.BooleanField(_("obsolete"), default=False)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["code"]

    def __str__(self) -> Any:
        return self.name


def divisions_in_use() -> Any:
    """``Division.objects.in_use()`` as a list, read once a minute a process: looking through the
    enterprises takes a while.
    """
    return cache.get_or_set("divisions:in_use", lambda: list(Division.objects.in_use()), KEPT)


class Industry(models.Model):
    """A section (A–T) or a division (two digits) of the industrial classification GB/T 4754-2017."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    name = NameField(_("name"), max_length=60)
    section = models.CharField(_("section"), max_length=1, db_index=True)

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["section", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @staticmethod
    def follow(codes) -> None:
        """Let all that is kept by section follow these industries."""
        for follow in industries_changed:
            follow(codes)
