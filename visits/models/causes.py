"""Common causes (共性问题): several problems of enterprises that are one matter, with one lead."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Noun, Role, Unit
from crm.text.fields import NameField
from liaisons.models import Officer
from visits.models.problems import Problem
from visits.models.problems import State as ProblemState
from visits.models.visits import NOTES_LIMIT, TOO_LONG


class CauseState(models.TextChoices):
    OPEN = "open", _("Open")
    SOLVED = "solved", _("Solved")


class CommonCause(Noun):
    """One matter behind several problems. Each problem keeps its own way, clock and handling unit.

    ``solution`` is for the police alone; ``reply`` is what each enterprise is told, and what answers
    are proposed with. ``member_count`` counts all joined problems, those that an asker may not see
    included.
    """

    State = CauseState

    title = NameField(_("common cause"), max_length=120)
    description = models.TextField(
        _("description"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)],
    )
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("lead unit")
    )
    lead_officer = models.ForeignKey(
        Officer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead officer"),
    )
    state = models.CharField(
        _("state"), max_length=8, choices=CauseState.choices, default=CauseState.OPEN
    )
    solution = models.TextField(
        _("what was done (internal)"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)],
    )
    reply = models.TextField(
        _("reply to the enterprises"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(2000, TOO_LONG)],
    )
    founded_on = models.DateField(_("begun on"), default=timezone.localdate)
    solved_on = models.DateField(_("solved on"), null=True, blank=True)
    member_count = models.PositiveIntegerField(_("problems"), default=0, editable=False)

    roles_for = {"view": Role.BUSINESS, "create": Role.MANAGERS, "change": Role.BUSINESS}

    class Meta:
        verbose_name = _("common cause")
        verbose_name_plural = _("common causes")
        indexes = [
            models.Index(fields=["-founded_on", "-id"], name="cause_newest"),
            models.Index(fields=["lead_unit", "-founded_on", "-id"], name="cause_unit_newest"),
            models.Index(fields=["-member_count", "-id"], name="cause_largest"),
        ]

    def __str__(self) -> Any:
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Causes one founded or leads, of one's units, and those that hold a problem one may see.

        Changed by who founded or leads it and by the managers of the lead unit.
        """
        own = Q(created_by__in=scope.own) | Q(lead_officer__in=scope.own)
        if action != "view":
            return own | Q(lead_unit__in=scope.managed_units)
        seen = Problem._default_manager.filter(Problem.scope_q(scope)).values("pk")
        return (
            own
            | Q(lead_unit__in=scope.units)
            | Q(pk__in=CauseMember.objects.filter(problem__in=seen).values("cause"))
        )

    @property
    def is_open(self) -> Any:
        return self.state == CauseState.OPEN


class CauseMember(models.Model):
    """A problem's place in the one common cause it belongs to.

    Taken away when it is taken out (its history says so).
    """

    cause = models.ForeignKey(CommonCause, models.CASCADE, related_name="members")
    problem = models.OneToOneField(Problem, models.CASCADE, related_name="membership")
    joined_by = models.ForeignKey(
        "crm.User", models.PROTECT, related_name="+", verbose_name=_("joined by")
    )
    joined_at = models.DateTimeField(_("joined at"))
    why = models.TextField(_("why"), blank=True, default="")

    class Meta:
        verbose_name = _("problem of a common cause")
        verbose_name_plural = _("problems of common causes")

    def __str__(self) -> str:
        return f"{self.cause_id} {self.problem_id}"


class CauseStep(models.Model):
    """One act of a common cause's history: who, when, from which unit, and why. Never changed."""

    cause = models.ForeignKey(CommonCause, models.CASCADE, related_name="steps")
    verb = models.CharField(_("act"), max_length=12)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey("crm.User", models.PROTECT, related_name="+", verbose_name=_("person"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit at the time")
    )
    problem = models.ForeignKey(
        Problem, models.CASCADE, null=True, related_name="+", verbose_name=_("problem")
    )
    why = models.TextField(_("why"), blank=True, default="")

    class Meta:
        verbose_name = _("step of a common cause")
        verbose_name_plural = _("steps of common causes")
        ordering = ["cause", "pk"]

    def __str__(self) -> str:
        return f"{self.cause_id} {self.verb}"


class DismissedGroup(Noun):
    """Problems that a unit has looked at and found to be no common cause: not proposed again until
    one more is like them.

    ``problems`` are their primary keys. It holds for everybody who looks from the same unit.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name=_("unit"))
    problems = models.JSONField(_("problems"), default=list)

    roles_for = {"view": Role.MANAGERS, "create": Role.MANAGERS, "change": Role.MANAGERS}

    class Meta:
        verbose_name = _("dismissed proposal")
        verbose_name_plural = _("dismissed proposals")
        indexes = [models.Index(fields=["unit", "-id"], name="dismissed_newest")]

    def __str__(self) -> str:
        return f"{self.unit} {len(self.problems)}"

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Those of one's own unit."""
        return Q(unit__in=frozenset({scope.unit.pk} if scope.unit else ()))


def holding(problems) -> Q:
    """The condition of a common cause that holds one of ``problems``, a queryset.

    Its keys are fetched by a statement of their own: within each alternative of a scope PostgreSQL
    would plan them anew.
    """
    members = CauseMember.objects.filter(problem__in=problems.values("pk")).order_by()
    return Q(pk__in=list(members.values_list("cause", flat=True).distinct()))


def unanswered(problems) -> Q:
    """The condition of a common cause with one of ``problems`` (those that may be seen) that has
    not been answered yet.
    """
    return holding(problems.filter(state__in=ProblemState.LATE_POSSIBLE))


def unanswered_count(problems) -> Coalesce:
    """For a queryset of common causes: how many of ``problems`` (those that may be seen) in it have
    not been answered yet.
    """
    waiting = problems.filter(state__in=ProblemState.LATE_POSSIBLE).values("pk")
    waiting = CauseMember.objects.filter(cause=OuterRef("pk"), problem__in=waiting)
    return Coalesce(
        Subquery(waiting.order_by().values("cause").annotate(count=Count("pk")).values("count")), 0
    )


def enterprise_count(problems) -> Coalesce:
    """For a queryset of common causes: of how many enterprises those of ``problems`` (those that
    may be seen) in it are.
    """
    members = (
        CauseMember.objects.filter(cause=OuterRef("pk"), problem__in=problems.values("pk"))
        .order_by()
        .values("cause")
    )
    return Coalesce(
        Subquery(
            members.annotate(count=Count("problem__enterprise", distinct=True)).values("count")
        ),
        0,
    )
