"""The words that a visit is described with.

The system administrator edits them in Django's admin.
"""

from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.text.fields import NameField

#: Seconds until an edited dictionary is seen by every process.
KEPT = 60


def offered(model, key="pk") -> Any:
    """The words of a dictionary that are still offered, as choices ``(key, name)``.

    Read once a minute a process.
    """
    return cache.get_or_set(
        f"words:{model._meta.model_name}:{key}",
        lambda: list(model.objects.filter(retired=False).values_list(key, "name")),
        KEPT,
    )


def offered_codes(model) -> Any:
    """The words of a dictionary that are still offered, as code → key.

    Read once a minute a process.
    """
    return cache.get_or_set(
        f"codes:{model._meta.model_name}",
        lambda: dict(model.objects.filter(retired=False).values_list("code", "pk")),
        KEPT,
    )


def offered_categories() -> Any:
    """The problem categories still offered as ``(key, parent's key, name)``.

    Read once a minute a process.
    """
    return cache.get_or_set(
        "words:categories",
        lambda: list(
            ProblemCategory.objects.filter(retired=False).values_list("pk", "parent", "name")
        ),
        KEPT,
    )


def successors() -> dict:
    """Each problem category's key → the key of the one that counts for it today: itself, or the
    last that took its place.
    """
    replaced = dict(ProblemCategory.objects.values_list("pk", "replaced_by"))
    return {key: _last(key, replaced) for key in replaced}


def _last(key, replaced) -> Any:
    passed = {key}
    while (after := replaced.get(key)) is not None and after not in passed:
        passed.add(after)
        key = after
    return key


def keys_counted_for(category) -> set:
    """The keys of all categories whose problems count for ``category`` today: its versions, and the
    versions of what is below.
    """
    last = successors()
    parents = dict(ProblemCategory.objects.values_list("pk", "parent"))
    wanted = last[category.pk]
    return {key for key, now in last.items() if now == wanted or last.get(parents[now]) == wanted}


class Word(models.Model):
    """One entry of a dictionary. An entry that was used is retired, never deleted."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = NameField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired = models.BooleanField(_("no longer offered"), default=False)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> Any:
        return self.name


class Topic(Word):
    """What was talked about."""

    class Meta(Word.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class ServiceItem(Word):
    """A service given on the spot."""

    class Meta(Word.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")


class ProblemCategory(Word):
    """What a problem is about, in two levels.

    An entry that was used is never called otherwise: a new one takes its place
    (visits.dictionaries.services), so that a problem keeps the name under which it was reported.
    ``valid_from`` is when an entry took its predecessor's place, ``replaced_by`` the one that took
    its own.
    """

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    is_police_matter = models.BooleanField(_("police matter"), default=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
        help_text=_(
            "Of an entry that is no longer offered: figures and filters count its problems there."
        ),
    )

    class Meta(Word.Meta):
        verbose_name = _("problem category")
        verbose_name_plural = _("problem categories")

    def clean(self) -> None:
        """An entry lies at most one level below another, and is replaced by one that is still
        offered.
        """
        wrong = {}
        if self.parent_id and (
            self.parent_id == self.pk or self.parent.parent_id or self.pk and self.children.exists()
        ):
            wrong["parent"] = _("There are two levels only.")
        if self.replaced_by_id:
            self.retired = True
            if (
                self.replaced_by_id == self.pk
                or self.replaced_by.retired
                or self.replaced_by.replaced_by_id
            ):
                wrong["replaced_by"] = _("Choose another entry that is still offered.")
        if wrong:
            raise ValidationError(wrong)
