"""Imports of problems: the file that came, what each of its rows would do, and what it did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models import Role
from liaisons.models.imports import Batch, BatchRow


class ProblemImport(Batch):
    """One file of problems that enterprises reported elsewhere, or that were kept in a list."""

    roles_for = {"view": Role.MANAGERS, "create": Role.MANAGERS, "change": Role.MANAGERS}

    class Meta:
        verbose_name = _("import of problems")
        verbose_name_plural = _("imports of problems")


class ProblemImportRow(BatchRow):
    """One row of a file of problems, and the problem that it became: ``problem_version`` is that
    after the import.
    """

    batch = models.ForeignKey(ProblemImport, models.CASCADE, related_name="rows")
    problem_uid = models.UUIDField(null=True)
    problem_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="problemimportrow_number_once")
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"], name="problemimportrow_outcome")
        ]
