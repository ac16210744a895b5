"""Files come to a problem outside its steps, and a person decides which of them the enterprise may
see.
"""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import User
from crm.writing.audit import audit, record
from visits.attachments.services import files_take, files_waiting
from visits.models import Attachment, Problem
from visits.problems.workflow import user_in
from visits.problems.workflow.engine import PROBLEMS, touch_visit


def may_attach(user, problem) -> bool:
    """Whether ``user`` may add files to a problem: who reported it, and the units in whose hands it
    is or that help.
    """
    if user.role not in Problem.roles_for["change"]:
        return False
    if user.pk == problem.officer_id or any(
        unit and user_in(user, unit)
        for unit in (problem.unit_id, problem.dispatch_unit_id, problem.lead_unit_id)
    ):
        return True
    return any(user_in(user, unit) for unit in problem.tasks.values_list("unit", flat=True))


def problem_attach(
    *,
    problem: Problem,
    form_uid: uuid.UUID,
    by: User,
    why: str = "",
    shown: Collection[str] = (),
) -> Problem:
    """Let the files that ``by`` has sent for ``form_uid`` be the problem's, as a step of its
    history. Returns the problem.

    The same ``form_uid`` sent twice is one step. NotAllowed, Conflict where somebody was faster,
    Invalid without a file.
    """
    if not may_attach(by, problem):
        raise NotAllowed(
            _("Files are added by who reported the problem and by the units that handle it.")
        )
    if not files_waiting(form_uid=form_uid, by=by).exists():
        if Attachment.objects.filter(form_uid=form_uid, owner=by, problem=problem).exists():
            return problem
        raise Invalid(errors={"files": [_("Choose at least one file.")]})
    with transaction.atomic():
        step = PROBLEMS.note(problem, "attach", by=by, why=why.strip())
        count = files_take(form_uid=form_uid, target=problem, step=step, by=by, shown=shown)
        record("problem.attach", by=by, target=problem, files=count)
        touch_visit(problem)
    return problem


def attachment_show(*, attachment, shown, by) -> None:
    """Let the enterprise see a file at the portal, or no longer.

    What it sent itself it always sees.
    """
    if not may_attach(by, attachment.problem):
        raise NotAllowed(
            _("Files are added by who reported the problem and by the units that handle it.")
        )
    if attachment.link_id:
        raise Conflict(_("The enterprise sent this file itself."))
    with transaction.atomic():
        if (
            Attachment.objects.filter(pk=attachment.pk)
            .exclude(for_enterprise=shown)
            .update(for_enterprise=shown)
        ):
            audit(
                "problem.show_file",
                by=by,
                target=attachment.problem,
                file=attachment.name,
                shown=shown,
            )
