"""What an enterprise reports, and the state it has reached."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models import Noun, Role, Unit
from liaisons.models import Assignment, Enterprise, Officer
from visits.models.dictionaries import ProblemCategory
from visits.models.visits import NOTES_LIMIT, TOO_LONG, Visit


def still_open():
    """The condition of a problem that has not ended."""
    return Q(ended_on__isnull=True)


def overdue(on=None):
    """The condition of a problem that is overdue on a day (today): past its day and not ended. There is no other."""
    return still_open() & Q(due_on__lt=on or timezone.localdate())


class Problem(Noun):
    """A problem of an enterprise (企业诉求). ``unit`` is the reporting officer's unit at the time."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        ACCEPTED = "accepted", _("Accepted")
        ASSIGNED = "assigned", _("Assigned")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        IN_PROGRESS = "in_progress", _("In progress")
        ANSWERED = "answered", _("Answered")
        UNDER_REVIEW = "under_review", _("Under review")
        FOLLOW_UP = "follow_up", _("Follow-up")
        CLOSED = "closed", _("Closed")
        SOLVED_ON_SPOT = "solved_on_spot", _("Solved on the spot")

    State.ENDED = frozenset({State.CLOSED, State.SOLVED_ON_SPOT})
    State.OPEN = frozenset(set(State) - State.ENDED)

    class Urgency(models.TextChoices):
        URGENT = "urgent", _("Urgent")
        ADVICE = "advice", _("Advice")
        NORMAL = "normal", _("Normal")
        COMPLEX = "complex", _("Complex")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="problems", verbose_name=_("enterprise"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name=_("reported in"))
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="problems", verbose_name=_("reported by"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit at the time"))
    title = models.CharField(_("problem"), max_length=120)
    description = models.TextField(_("description"), blank=True, default="", validators=[MaxLengthValidator(NOTES_LIMIT, TOO_LONG)])
    category = models.ForeignKey(
        ProblemCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.REGISTERED)
    reported_on = models.DateField(_("reported on"))
    due_on = models.DateField(_("due on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        indexes = [
            models.Index(fields=["-reported_on", "-id"], name="problem_newest"),
            models.Index(fields=["due_on", "id"], name="problem_open_due", condition=Q(ended_on__isnull=True)),
            # With ended_on, though it is always empty there: SQLite then counts from the index alone.
            models.Index(fields=["unit", "due_on", "ended_on"], name="problem_open_unit", condition=Q(ended_on__isnull=True)),
            models.Index(
                fields=["enterprise", "unit", "due_on", "ended_on"],
                name="problem_open_enterprise",
                condition=Q(ended_on__isnull=True),
            ),
            models.Index(fields=["enterprise", "-reported_on"], name="problem_enterprise"),
        ]

    def __str__(self):
        return self.title

    @classmethod
    def scope_q(cls, scope, action="view"):
        """Problems one reported, of one's units, and of the enterprises one is assigned to."""
        if action != "view":
            return Q(officer__in=scope.own) | Q(unit__in=scope.managed_units)
        mine = Assignment.objects.current().filter(officer__in=scope.own, enterprise__isnull=False).values("enterprise")
        return Q(officer__in=scope.own) | Q(unit__in=scope.units) | Q(enterprise__in=mine)

    @property
    def is_overdue(self):
        """Whether this problem is overdue today: ``overdue()`` asked of one row."""
        return self.ended_on is None and self.due_on < timezone.localdate()
