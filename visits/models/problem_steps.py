"""The history of a problem."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import StepBase, Unit
from visits.models.problem_states import State
from visits.models.problems import Problem
from visits.models.visits import Visit


class ProblemStep(StepBase):
    """One step of a problem's way, with the end of its clock as it stood after it."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="steps")
    old_state = models.CharField(max_length=16, choices=State.choices, blank=True, default="")
    new_state = models.CharField(max_length=16, choices=State.choices)
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("to unit")
    )
    detail = models.CharField(
        _("detail"), max_length=100, blank=True, default=""
    )  # day asked for (ISO), Pause, or outside body
    due_at = models.DateTimeField(_("due at"), null=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, related_name="+", verbose_name=_("visit")
    )

    class Meta:
        verbose_name = _("step of a problem")
        verbose_name_plural = _("steps of problems")
        ordering = ["problem", "position"]
        constraints = [
            models.UniqueConstraint(fields=["problem", "position"], name="problemstep_once")
        ]

    def __str__(self) -> str:
        return f"{self.problem_id}.{self.position} {self.verb}"

    def keep(self, row: Problem) -> None:
        self.due_at = row.due_at
