"""What an enterprise reports, and the state it has reached."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Noun, Role, Unit
from crm.text.fields import NameField
from liaisons.models import Assignment, Contact, Enterprise, Officer
from visits.models.dictionaries import ProblemCategory
from visits.models.limits import Urgency
from visits.models.problem_states import Pause, Proof, Source, State, still_open
from visits.models.visits import NOTES_LIMIT, TOO_LONG, Visit


def overdue(at=None) -> Q:
    """The condition of a problem that is overdue at a moment (now): its clock runs and is past."""
    # False, not unknown, where no clock runs; and a clock runs in open problems only, whose indexes
    # are small.
    return still_open() & Q(
        overdue_from__isnull=False, overdue_from__lte=timezone.now() if at is None else at
    )


def supervised() -> Q:
    """The condition of a supervised matter, ended or not.

    As keys, or SQLite would rather look through all of a person's units.
    """
    return Q(pk__in=Problem.objects.filter(supervised_no__gt="").values("pk"))


def _of_open(*fields: str, name: str) -> models.Index:
    """An index of the open problems alone, which are few however many there were."""
    return models.Index(fields=fields, name=name, condition=still_open())


class Problem(Noun):
    """A problem of an enterprise (企业诉求). ``unit`` is the reporting officer's unit at the time.

    ``dispatch_unit`` accepts, assigns, reviews and follows up; ``lead_unit`` handles. ``due_at`` is
    the first clock's end, and ``overdue_from`` the same as long as that clock runs: empty when
    answered, paused or ended, so that being overdue is one comparison of one column.
    """

    State, Source, Proof, Pause, Urgency = State, Source, Proof, Pause, Urgency

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="problems", verbose_name=_("enterprise")
    )
    visit = models.ForeignKey(
        Visit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name=_("reported in"),
    )
    officer = models.ForeignKey(
        Officer, models.PROTECT, related_name="problems", verbose_name=_("reported by")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", verbose_name=_("unit at the time")
    )
    source = models.CharField(
        _("how it came"), max_length=10, choices=Source.choices, default=Source.ENTERPRISE_PAGE
    )
    title = NameField(_("problem"), max_length=120)
    description = models.TextField(
        _("description"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)],
    )
    category = models.ForeignKey(
        ProblemCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    urgency = models.CharField(
        _("urgency"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL
    )
    is_police_matter = models.BooleanField(_("police matter"), default=True)

    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.REGISTERED
    )
    proof = models.CharField(
        _("proof"), max_length=10, choices=Proof.choices, blank=True, default=Proof.NONE
    )
    dispatch_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("dispatching unit")
    )
    lead_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handling unit"),
    )
    handler = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handler")
    )

    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="problems",
        verbose_name=_("who told us"),
    )
    #: When the enterprise told us, where that was before somebody entered it: the time of a call,
    #: of an imported line.
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    reported_on = models.DateField(_("reported on"))
    due_on = models.DateField(_("due on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, editable=False)
    overdue_from = models.DateTimeField(_("overdue from"), null=True, editable=False)
    assigned_at = models.DateTimeField(_("assigned at"), null=True, editable=False)
    handled_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    follow_up_until = models.DateTimeField(
        _("waits for the enterprise until"), null=True, editable=False
    )
    paused_at = models.DateTimeField(_("paused since"), null=True, editable=False)
    pause_reason = models.CharField(
        _("why paused"), max_length=12, choices=Pause.choices, blank=True, default=""
    )
    extension_until = models.DateField(_("extension asked until"), null=True, blank=True)
    planned_for = models.DateField(_("planned for"), null=True, blank=True)
    outside_body = NameField(_("body outside the police"), max_length=100, blank=True, default="")
    redone = models.PositiveSmallIntegerField(_("times redone"), default=0, editable=False)
    repeats = models.PositiveSmallIntegerField(_("times reported again"), default=0, editable=False)
    supervised_no = NameField(_("supervision order"), max_length=30, blank=True, default="")

    #: What was done, for the police alone; and what the enterprise is told (the portal shows nothing
    #: else).
    result = models.TextField(
        _("what was done (internal)"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)],
    )
    reply = models.TextField(
        _("reply to the enterprise"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(2000, TOO_LONG)],
    )

    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        indexes = [
            models.Index(fields=["-reported_on", "-id"], name="problem_newest"),
            _of_open("due_on", "id", name="problem_open_due"),
            # With ended_on, though it is always empty there: SQLite then counts from the index
            # alone.
            _of_open("unit", "overdue_from", "ended_on", name="problem_open_unit"),
            _of_open(
                "enterprise", "unit", "overdue_from", "ended_on", name="problem_open_enterprise"
            ),
            _of_open("officer", "overdue_from", name="problem_open_officer"),
            _of_open("dispatch_unit", "overdue_from", name="problem_open_dispatch"),
            _of_open("lead_unit", "overdue_from", name="problem_open_lead"),
            _of_open("state", "-reported_on", "-id", name="problem_open_state"),
            models.Index(
                fields=["supervised_no"],
                name="problem_supervised",
                condition=Q(supervised_no__gt=""),
            ),
            models.Index(fields=["enterprise", "-reported_on"], name="problem_enterprise"),
            models.Index(fields=["unit", "-reported_on", "-id"], name="problem_unit_newest"),
            models.Index(fields=["officer", "-reported_on", "-id"], name="problem_officer_newest"),
            models.Index(
                fields=["dispatch_unit", "-reported_on", "-id"], name="problem_dispatch_newest"
            ),
            models.Index(fields=["lead_unit", "-reported_on", "-id"], name="problem_lead_newest"),
            models.Index(
                fields=["overdue_from"],
                name="problem_overdue",
                condition=Q(overdue_from__isnull=False),
            ),
            models.Index(
                fields=["follow_up_until"],
                name="problem_follow_up",
                condition=Q(follow_up_until__isnull=False),
            ),
        ]

    def __str__(self) -> Any:
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """Problems one reported, of one's units, in their hands or with their help, and of the
        enterprises one is assigned to.
        """
        if action != "view":
            return Q(officer__in=scope.own) | Q(unit__in=scope.managed_units)
        mine = (
            Assignment.objects.current()
            .filter(officer__in=scope.own, enterprise__isnull=False)
            .values("enterprise")
        )
        helped = ProblemTask.objects.filter(unit__in=scope.units).values("problem")
        return (
            Q(officer__in=scope.own)
            | Q(unit__in=scope.units)
            | Q(dispatch_unit__in=scope.units)
            | Q(lead_unit__in=scope.units)
            | Q(pk__in=helped)
            | Q(enterprise__in=mine)
        )

    @property
    def number(self) -> str:
        """What people call it by on paper (诉求编号), as 20261125-3F2A9C: its day and the beginning of
        its identifier.
        """
        return f"{self.reported_on:%Y%m%d}-{self.uid.hex[:6].upper()}"

    @property
    def is_overdue(self) -> Any:
        """Whether this problem is overdue now: ``overdue()`` asked of one row."""
        return self.overdue_from is not None and self.overdue_from <= timezone.now()

    @property
    def is_solved(self) -> Any:
        """Whether it is solved, and not only handled."""
        return self.proof != Proof.NONE and self.state in State.ENDED


def in_hand_of(user) -> Q:
    """The condition of a problem that waits for the person's own unit: to dispatch, to handle, or
    to help.
    """
    unit, unassigned = user.unit_id, {State.REGISTERED, State.ACCEPTED, State.RETURNED}
    helped = ProblemTask.objects.filter(unit=unit, answered_at__isnull=True).values("problem")
    return still_open() & (
        Q(dispatch_unit=unit, state__in=State.OPEN - State.LATE_POSSIBLE | unassigned)
        | Q(lead_unit=unit, state__in=State.LATE_POSSIBLE - unassigned)
        | Q(pk__in=helped, state__in=State.LATE_POSSIBLE)
    )


class ProblemTask(models.Model):
    """The part of a unit that helps the handling unit, with a limit of its own."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="tasks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    due_at = models.DateTimeField(_("due at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answer = models.TextField(
        _("what was done"),
        blank=True,
        default="",
        validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)],
    )

    roles_for = {"view": Role.BUSINESS}

    class Meta:
        verbose_name = _("co-handler's part")
        verbose_name_plural = _("co-handlers' parts")
        constraints = [models.UniqueConstraint(fields=["problem", "unit"], name="problemtask_once")]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                name="problemtask_open",
                condition=Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.problem}"

    @property
    def is_overdue(self) -> Any:
        """Whether the part is past its limit and not answered.

        Its clock stands still while that of the problem does.
        """
        return self.answered_at is None and self.due_at <= (
            self.problem.paused_at or timezone.now()
        )
