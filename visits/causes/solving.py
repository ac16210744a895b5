"""A common cause is solved or reopened, and its problems are answered."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid, Refusal
from crm.writing.rows import move_state
from visits.causes.history import note_step
from visits.causes.joining import MOST_AT_ONCE, require_words
from visits.causes.notifications import tell_reopened, tell_solved
from visits.causes.services import index_cause, require_change
from visits.models import CommonCause, ProblemStep
from visits.models.visits import NOTES_LIMIT
from visits.problems.workflow import problem_answer
from visits.problems.workflow.engine import TABLE, obstacle


def cause_solve(*, cause, solution, reply, by) -> Any:
    """Say how the matter was solved and what the enterprises are told.

    The joined problems are answered one by one after it.
    """
    require_change(cause, by)
    errors = {}
    if not solution.strip():
        errors["solution"] = [_("Say what was done.")]
    if not reply.strip():
        errors["reply"] = [_("Say what the enterprises are told.")]
    if errors := errors or _too_long(solution, reply):
        raise Invalid(errors=errors)
    if not cause.is_open:
        raise Conflict(_("This common cause is solved already."))
    with transaction.atomic():
        move_state(
            cause,
            to=CommonCause.State.SOLVED,
            by=by,
            verb="commoncause.solve",
            solution=solution.strip(),
            reply=reply.strip(),
            solved_on=timezone.localdate(),
        )
        step = note_step(cause, "solve", by=by)
        index_cause(cause)
        tell_solved(cause, step, by=by)
    return cause


def cause_reopen(*, cause, why, by) -> Any:
    """Take a matter up again that has come back.

    The problems answered meanwhile keep their answers.
    """
    require_change(cause, by)
    if not why.strip():
        raise Invalid(errors={"why": [_("Say why.")]})
    require_words(why)
    if cause.is_open:
        raise Conflict(_("This common cause is open."))
    with transaction.atomic():
        move_state(
            cause, to=CommonCause.State.OPEN, by=by, verb="commoncause.reopen", solved_on=None
        )
        step = note_step(cause, "reopen", by=by, why=why.strip())
        tell_reopened(cause, step, by=by)
    return cause


def cause_answer(*, cause, answers, by) -> tuple[list, list]:
    """Answer joined problems by their ordinary step, each by itself.

    ``answers`` are ``(problem, version, result, reply)``, the version as the person saw it. Returns
    ``(done, refused)``: the problems that were answered, and ``(problem, refusal)`` of those that
    were not.
    """
    if cause.is_open:
        raise Conflict(_("Say first how the common cause was solved."))
    done, refused = [], []
    for problem, version, result, reply in answers[:MOST_AT_ONCE]:
        try:
            if errors := _too_long(result, reply):
                raise Invalid(errors=errors)
            if version != problem.version and obstacle(TABLE["answer"], problem, by) is None:
                raise Conflict()
            problem_answer(
                problem=problem,
                by=by,
                result=result,
                reply=reply,
                why=_("Common cause: %(title)s") % {"title": cause.title},
            )
            done.append(problem)
        except Refusal as refusal:
            refused.append((problem, refusal))
    return done, refused


def who_answered(problems) -> dict:
    """Primary key of each of ``problems`` that was answered → the name of who did it last."""
    steps = ProblemStep.objects.filter(
        problem__in=problems, verb="answer", by__isnull=False
    ).order_by("position")
    return dict(steps.values_list("problem", "by__name"))


def _too_long(result, reply) -> dict[str, list[str]]:
    """The errors of an answer's texts that hold more than their columns take."""
    limits = {"result": (result, NOTES_LIMIT), "reply": (reply, 2000)}
    sentence = _("At most %(count)d characters.")
    return {
        name: [sentence % {"count": most}]
        for name, (text, most) in limits.items()
        if len(text) > most
    }
