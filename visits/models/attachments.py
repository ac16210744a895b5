"""Files and photos that belong to a problem, or to another of TARGETS: with its report, or with one
step of its way.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.querysets import ScopedManager
from crm.db.scope import Scope
from crm.models import Role
from crm.models.targets import at_most_one, none_of, target_of, within
from visits.models.checked import Checked
from visits.models.links import EnterpriseLink
from visits.models.problem_steps import ProblemStep
from visits.models.problems import Problem

#: What a file may belong to: column → the column of the step of its way that it came with.
TARGETS = {"problem": "step"}


def waiting() -> Q:
    """The condition of a file whose form is not taken yet."""
    return none_of(TARGETS)


class Attachment(Checked):
    """A file of a problem, kept under a random name (visits.attachments.services,
    visits.attachments.work).

    It is uploaded while a form is still open: until that form is taken it belongs to ``form_uid``
    and to whoever sent it, ``owner`` or, through the portal, ``link``.
    ``for_enterprise`` says that the enterprise may see it. Another kind of row than a problem
    may have files once TARGETS names a column for it.
    """

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    link = models.ForeignKey(
        EnterpriseLink,
        models.PROTECT,
        null=True,
        related_name="attachments",
        verbose_name=_("sent through"),
    )
    form_uid = models.UUIDField(db_index=True)
    problem = models.ForeignKey(
        Problem, models.CASCADE, null=True, related_name="attachments", verbose_name=_("problem")
    )
    step = models.ForeignKey(
        ProblemStep, models.CASCADE, null=True, related_name="attachments", verbose_name=_("step")
    )
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))  # bytes
    for_enterprise = models.BooleanField(_("the enterprise may see it"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}
    personal = True

    class Meta:
        verbose_name = _("file of a problem")
        verbose_name_plural = _("files of problems")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, link__isnull=True)
                | Q(owner__isnull=True, link__isnull=False),
                name="attachment_from_one",
            ),
            *at_most_one(TARGETS, name="attachment_of_one"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{step}__isnull": True}) | Q(**{f"{target}__isnull": False}),
                    name=f"attachment_step_of_{target}",
                )
                for target, step in TARGETS.items()
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="attachment_waiting", condition=none_of(TARGETS)
            ),
            models.Index(
                fields=["link", "created_at"],
                name="attachment_link",
                condition=Q(link__isnull=False),
            ),
        ]

    def __str__(self) -> Any:
        return self.name

    @property
    def is_picture(self) -> Any:
        return self.thumbnail != ""

    @property
    def target(self) -> models.Model | None:
        """What it belongs to; None while its form is not taken."""
        return target_of(self, TARGETS)

    @classmethod
    def scope_q(cls, scope: Scope, action: str = "view") -> Q:
        """One's own uploads, and the files of the targets one may see."""
        own = Q(owner__in=scope.own) & waiting()
        return own | within(cls, TARGETS, scope, action)
