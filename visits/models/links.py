"""The enterprise's portal: links without an account, and what came in through them.

What an enterprise may read stands in columns of its own: ``Problem.reply``, ``Feedback.remark`` and
the words of its own reports. The portal's pages are given those and nothing else.
"""

import hashlib
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.db.scope import Scope
from crm.models import Noun, Role, Unit
from crm.models.targets import none_of, one_of, target_of, within
from crm.text.fields import NameField
from liaisons.models import Contact, Enterprise
from visits.models.problems import Problem

#: The columns of what the enterprise may be asked to confirm.
TARGETS = ("problem",)


def digest_of(secret) -> str:
    """What is kept of a link's secret. It has 192 random bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Purpose(models.TextChoices):
    CONFIRM = "confirm", _("To confirm or dispute one problem")
    REPORT = "report", _("To report problems")


class EnterpriseLink(Noun):
    """An address that opens the portal for one enterprise; whoever holds it needs no account.

    ``confirm`` is for one target (a problem) and works once: ``used_at`` is when. ``report`` is for
    one contact and works until it expires: ``used_at`` is when it was last used. ``created_by``
    handed it out, ``unit`` is that person's at the time.
    """

    Purpose = Purpose

    purpose = models.CharField(_("what it is for"), max_length=8, choices=Purpose.choices)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="links", verbose_name=_("enterprise")
    )
    problem = models.ForeignKey(
        Problem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("problem"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("handed to"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("unit at the time")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}

    class Meta:
        verbose_name = _("link for an enterprise")
        verbose_name_plural = _("links for enterprises")
        constraints = [
            models.CheckConstraint(
                condition=one_of(TARGETS) & Q(purpose=Purpose.CONFIRM)
                | Q(contact__isnull=False) & none_of(TARGETS) & Q(purpose=Purpose.REPORT),
                name="enterpriselink_of_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.uid}"

    @classmethod
    def scope_q(cls, scope: Scope, action: str = "view") -> Q:
        """The links of targets and of enterprises in scope; who may revoke one, its service asks."""
        enterprises = Enterprise.objects.filter(Enterprise.scope_q(scope, "view")).values("pk")
        reports = Q(enterprise__in=enterprises) & none_of(TARGETS)
        return within(cls, TARGETS, scope) | reports

    @property
    def target(self) -> models.Model | None:
        """What the enterprise is asked to confirm through it; None where it reports."""
        return target_of(self, TARGETS)

    @property
    def is_open(self) -> Any:
        """Whether it can still be used: ``opening`` asked of one row, and a confirm link not used
        yet.
        """
        return self.revoked_at is None and self.expires_at > timezone.now() and not self.is_spent

    @property
    def is_spent(self) -> Any:
        """Whether it works once and has."""
        return self.purpose == Purpose.CONFIRM and self.used_at is not None


def opening() -> Q:
    """The condition of a link that opens the portal now: not expired, not revoked, its contact still
    there.
    """
    return Q(revoked_at__isnull=True, expires_at__gt=timezone.now()) & (
        Q(contact__isnull=True) | Q(contact__left_on__isnull=True)
    )


def link_behind(secret: str) -> EnterpriseLink | None:
    """The link that a secret opens, with its enterprise and target; None for every other text.

    All texts are hashed and asked for by one and the same statement, which finds a row or none:
    unknown, expired, revoked and malformed secrets cannot be told apart, not by time either. A used
    confirm link is found.
    """
    found = EnterpriseLink.objects.filter(opening(), digest=digest_of(secret))
    return found.select_related("enterprise", *TARGETS).first()


class Feedback(models.Model):
    """What an enterprise said of the answer it was given, in its own words. Never changed."""

    class Answer(models.TextChoices):
        CONFIRM = "confirm", _("Solved")
        DISPUTE = "dispute", _("Not solved")

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="feedback")
    link = models.ForeignKey(EnterpriseLink, models.PROTECT, related_name="feedback")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer.choices)
    rating = models.PositiveSmallIntegerField(
        _("rating"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    was_prompt = models.BooleanField(_("contacted in time"), null=True, blank=True)
    was_polite = models.BooleanField(_("good manner"), null=True, blank=True)
    was_explained = models.BooleanField(_("result explained"), null=True, blank=True)
    was_solved = models.BooleanField(_("problem solved"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True, default="", max_length=1000)
    at = models.DateTimeField(_("time"))

    roles_for = {"view": Role.BUSINESS}

    class Meta:
        verbose_name = _("enterprise's feedback")
        verbose_name_plural = _("enterprises' feedback")
        ordering = ["problem", "at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="feedback_rating"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.answer}"


class EnterpriseReport(models.Model):
    """A problem that came through a report link, as the enterprise worded it.

    ``uid`` is the form's own, ``payload_hash`` of what it held: sent twice it is one problem. The
    portal shows this title; that of the problem may be edited by the police and is theirs.
    """

    link = models.ForeignKey(EnterpriseLink, models.PROTECT, related_name="reports")
    problem = models.OneToOneField(Problem, models.CASCADE, related_name="report")
    uid = models.UUIDField(editable=False)
    payload_hash = models.CharField(max_length=64, editable=False)
    title = NameField(_("problem"), max_length=120)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("enterprise's report")
        verbose_name_plural = _("enterprises' reports")
        constraints = [
            models.UniqueConstraint(fields=["link", "uid"], name="enterprisereport_once")
        ]
        indexes = [models.Index(fields=["link", "-at"], name="enterprisereport_newest")]

    def __str__(self) -> Any:
        return self.title
