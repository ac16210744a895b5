"""The visit (服务走访): a service to an enterprise, never an inspection, so it has no field for
findings or penalties.
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.models import Noun, Role, Unit
from crm.text.fields import NameField
from liaisons.models import Assignment, Contact, Enterprise, KeyProject, Officer
from visits.models.campaigns import Campaign
from visits.models.dictionaries import ServiceItem, Topic

NOTES_LIMIT = 20_000
TOO_LONG = _("At most %(limit_value)d characters; there are %(show_value)d.")


class Visit(Noun):
    """One call on an enterprise.

    ``unit`` is the lead officer's unit at the time and never changes afterwards.

    ``facts_version`` grows whenever anything changes that a PDF summary of the visit shows (the
    visit, its photos, its problems): a summary made from an older one is genuine but superseded.
    """

    class Kind(models.TextChoices):
        DOOR = "door", _("Call at the door")
        MEETING = "meeting", _("Meeting")
        CAME = "came", _("The enterprise came")
        PHONE = "phone", _("Telephone")
        CHAT = "chat", _("Chat")

    #: A contact by telephone or chat is not a visit: coverage counts these only (domain.md §1).
    Kind.VISITS = frozenset({Kind.DOOR, Kind.MEETING, Kind.CAME})

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="visits", verbose_name=_("enterprise")
    )
    project = models.ForeignKey(
        KeyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("key project"),
    )
    officer = models.ForeignKey(
        Officer, models.PROTECT, related_name="visits", verbose_name=_("officer")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("unit at the time")
    )
    companions = models.ManyToManyField(
        Officer, blank=True, related_name="accompanied", verbose_name=_("companions")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.DOOR)
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    held_on = models.DateField(_("day"), editable=False)
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("campaign"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("interviewee"),
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    services = models.ManyToManyField(
        ServiceItem, blank=True, related_name="+", verbose_name=_("services given")
    )
    notes = models.TextField(
        _("notes"), blank=True, default="", validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)]
    )
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)
    outside_code = NameField(
        _("administrative action code (issued elsewhere)"), max_length=40, blank=True, default=""
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    problem_count = models.PositiveSmallIntegerField(_("problems"), default=0, editable=False)
    facts_version = models.PositiveIntegerField(default=1, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_reason = models.CharField(
        _("why withdrawn"), max_length=200, blank=True, default="", editable=False
    )

    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["-held_on", "-id"], name="visit_newest"),
            models.Index(fields=["unit", "-held_on", "-id"], name="visit_unit_newest"),
            models.Index(fields=["unit", "kind", "-held_on", "-id"], name="visit_unit_kind"),
            models.Index(fields=["officer", "-held_on", "-id"], name="visit_officer_newest"),
            models.Index(fields=["enterprise", "-held_on", "-id"], name="visit_enterprise_newest"),
            models.Index(
                fields=["next_contact_on"],
                name="visit_next_contact",
                condition=Q(next_contact_on__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="visit_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.held_on}"

    def clean(self) -> None:
        """Refuse a visit of the future and one that ended before it began.

        A call lies within the last year.

        The next contact comes after the call, and a position is a place on earth.
        """
        if self.started_at is None:
            return
        now = timezone.now()
        if self.started_at > now + datetime.timedelta(minutes=5):
            raise ValidationError(
                {
                    "started_at": _(
                        "A visit can be recorded once it has taken place; this time is in the future."
                    )
                }
            )
        if self.started_at < now - datetime.timedelta(days=400):
            raise ValidationError(
                {"started_at": _("This was more than a year ago. Please check the date.")}
            )
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValidationError({"ended_at": _("The visit cannot end before it began.")})
        if self.ended_at is not None and self.ended_at > now + datetime.timedelta(minutes=5):
            raise ValidationError(
                {"ended_at": _("The end is in the future. Leave it empty or correct it.")}
            )
        self.held_on = timezone.localdate(self.started_at)
        wrong = {
            name: _("Between −%(most)d and %(most)d.") % {"most": most}
            for name, most in (("latitude", 90), ("longitude", 180))
            if (value := getattr(self, name)) is not None and abs(value) > most
        }
        if self.next_contact_on is not None and self.next_contact_on < self.held_on:
            wrong["next_contact_on"] = _("The next contact cannot be before the day of this visit.")
        if wrong:
            raise ValidationError(wrong)

    def touch(self) -> None:
        """Note that something which a summary of this visit shows has changed: what was made before
        is superseded.
        """
        type(self).objects.filter(pk=self.pk).update(facts_version=models.F("facts_version") + 1)

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Visits of one's own (as lead or companion), of one's units, and to the enterprises one is
        assigned to.

        Changed by the lead officer and by the managers of the unit that made it.
        """
        own = Q(officer__in=scope.own)
        if action != "view":
            return own | Q(unit__in=scope.managed_units)
        if scope.manages:
            return own | Q(unit__in=scope.units)
        accompanied = cls.companions.through.objects.filter(officer__in=scope.own).values("visit")
        mine = (
            Assignment.objects.current()
            .filter(officer__in=scope.own, enterprise__isnull=False)
            .values("enterprise")
        )
        return own | Q(unit__in=scope.units) | Q(pk__in=accompanied) | Q(enterprise__in=mine)


def keys_visited(kinds, first=None, last=None) -> QuerySet[Any]:
    """The keys of the enterprises visited between two days (None: open): a condition for rows that
    are already scoped.
    """
    visits = Visit.objects.filter(kind__in=kinds, withdrawn_at__isnull=True)
    visits = visits.filter(held_on__gte=first) if first else visits
    visits = visits.filter(held_on__lte=last) if last else visits
    return visits.values("enterprise")


class VisitDraft(models.Model):
    """What is being typed into a visit form: kept at every pause, deleted when the visit is
    recorded.

    ``uid`` becomes the visit's uid, so that a draft sent twice makes one visit.
    """

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visit_drafts")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}
    personal = True

    class Meta:
        verbose_name = _("draft of a visit")
        verbose_name_plural = _("drafts of visits")
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.updated_at:%Y-%m-%d %H:%M}"

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """A draft is its writer's alone."""
        return Q(owner__in=scope.own)
