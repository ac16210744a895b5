"""What is done with a common cause: found, change, join and take out problems, solve, reopen, and
answer what was joined.

A joined problem keeps its state, its clock and its handling unit; its history says that it was
joined. Rows are locked in one order, problems by their keys and then the cause, so that two who
join at once wait for each other.
"""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from crm.models import User
from crm.search import index
from crm.text.words import shortened
from crm.workflow import LONGEST_WHY
from crm.writing.audit import record
from crm.writing.rows import create_once, edit_version, move_state, validate
from visits.causes.notifications import tell_joined, tell_led, tell_left, tell_reopened, tell_solved
from visits.models import CauseMember, CauseStep, CommonCause, Problem, ProblemStep
from visits.models.visits import NOTES_LIMIT
from visits.problems.workflow import problem_answer
from visits.problems.workflow.engine import PROBLEMS, TABLE, obstacle
from visits.problems.workflow.permissions import dispatcher, lead

#: Problems that are joined at one time, and that are answered with one press.
MOST_AT_ONCE = 100
#: What a problem's row must carry to be joined, told of and answered without a statement of its
#: own.
RELATED = ("enterprise", "dispatch_unit", "lead_unit", "handler", "visit")


def cause_found(*, uid, payload, values, by):
    """Found a common cause; ``values["problems"]`` are joined at once.

    Returns ``(cause, created)``.

    All or nothing: Conflict names the problem that somebody else has joined elsewhere meanwhile.
    """
    values = dict(values)
    problems, why = values.pop("problems", ()), values.pop("why", "")

    def make(**identity):
        cause = CommonCause(**values, **identity)
        _require_usable(cause)
        validate(cause)
        cause.save()
        _note(cause, "found", by=by)
        _index(cause)
        if problems:
            _join(cause, problems, by=by, why=why)
        tell_led(cause, by=by)
        return cause

    return create_once(CommonCause, uid=uid, payload=payload, by=by, make=make)


def cause_change(*, row, values, version, by):
    """Correct a cause's words or give it another lead, as read in ``version``.

    Returns the fresh row.
    """
    before = row.lead_unit_id, row.lead_officer_id

    def also(cause):
        _require_usable(cause)
        _note(cause, "change", by=by)
        _index(cause)
        if (cause.lead_unit_id, cause.lead_officer_id) != before:
            tell_led(cause, by=by)

    return edit_version(row, values, version=version, by=by, also=also)


def cause_join(*, cause, problems, by, why=""):
    """Join problems to an open cause; all or nothing. Returns the cause.

    Whoever may change the cause joins what they may see; others who see the cause join what they
    dispatch or handle.
    """
    _require_words(why)
    problems = list(problems)
    if not problems:
        raise Invalid(errors={"problems": [_("Choose at least one problem.")]})
    leads = may(by, "change", cause)
    for problem in problems:
        if not (leads or joins(by, problem)):
            raise NotAllowed(
                _(
                    "Only who leads the common cause, or dispatches or handles the problem, may join it."
                )
            )
    with transaction.atomic():
        _join(cause, problems, by=by, why=why.strip(), grown=True)
    cause.refresh_from_db()
    return cause


def joins(user, problem):
    """Whether ``user`` may join a problem to a cause that others lead, and take it out again."""
    return dispatcher(user, problem) or lead(user, problem)


def _join(cause, problems, *, by, why, grown=False):
    """Write the places, the histories and the notices; ``grown``: who leads the cause hears of it.

    Call in a transaction.
    """
    if len(problems) > MOST_AT_ONCE:
        raise Invalid(
            errors={
                "problems": [
                    _("At most %(count)d problems are joined at once.") % {"count": MOST_AT_ONCE}
                ]
            }
        )
    keys, now = sorted({problem.pk for problem in problems}), timezone.now()
    seen = Problem.objects.visible_to(by).filter(pk__in=keys).values("pk")
    rows = list(
        Problem.objects.select_for_update(of=("self",))
        .filter(pk__in=seen)
        .select_related(*RELATED)
        .order_by("pk")
    )
    if len(rows) != len(keys):
        raise Missing()
    _require_free(cause, rows)
    try:
        with transaction.atomic():
            CauseMember.objects.bulk_create(
                [
                    CauseMember(cause=cause, problem=problem, joined_by=by, joined_at=now, why=why)
                    for problem in rows
                ]
            )
    except IntegrityError as error:  # somebody else's place, written since
        raise Conflict() from error
    joined = CommonCause.objects.filter(pk=cause.pk, state=CommonCause.State.OPEN).update(
        member_count=F("member_count") + len(rows), updated_at=now
    )
    if not joined:
        raise Conflict(_("This common cause is solved. Reopen it before problems are joined."))
    _write_histories(cause, rows, "join", by=by, why=why, at=now)
    record("commoncause.join", by=by, target=cause, problems=[str(problem.uid) for problem in rows])
    tell_joined(cause, rows, by=by, grown=grown)


def _require_free(cause, problems):
    """Raise Conflict where a problem has ended, or belongs to a common cause already."""
    for problem in problems:
        if problem.ended_on is not None:
            raise Conflict(
                _("“%(title)s” has ended and cannot be joined any more.") % {"title": problem.title}
            )
    taken = (
        CauseMember.objects.filter(problem__in=problems)
        .select_related("problem")
        .order_by("pk")
        .first()
    )
    if taken is not None:
        sentence = (
            _("“%(title)s” is joined to it already.")
            if taken.cause_id == cause.pk
            else _("“%(title)s” belongs to another common cause already. Take it out there first.")
        )
        raise Conflict(sentence % {"title": taken.problem.title})


def cause_leave(*, cause, problem, by, why):
    """Take a problem out again, with the reason; returns the cause."""
    if not why.strip():
        raise Invalid(errors={"why": [_("Say why.")]})
    _require_words(why)
    if not (may(by, "change", cause) or joins(by, problem)):
        raise NotAllowed(
            _(
                "Only who leads the common cause, or dispatches or handles the problem, may take it out."
            )
        )
    with transaction.atomic():
        row = (
            Problem.objects.select_for_update(of=("self",))
            .select_related(*RELATED)
            .get(pk=problem.pk)
        )
        gone, _rows = CauseMember.objects.filter(cause=cause, problem=row).delete()
        if not gone:
            raise Conflict(
                _("“%(title)s” does not belong to this common cause any more.")
                % {"title": problem.title}
            )
        now = timezone.now()
        CommonCause.objects.filter(pk=cause.pk).update(
            member_count=F("member_count") - 1, updated_at=now
        )
        _write_histories(cause, [row], "leave", by=by, why=why.strip(), at=now)
        record("commoncause.leave", by=by, target=cause, problem=str(row.uid))
        tell_left(cause, row, by=by)
    cause.refresh_from_db()
    return cause


def cause_solve(*, cause, solution, reply, by):
    """Say how the matter was solved and what the enterprises are told.

    The joined problems are answered one by one after it.
    """
    _require_change(cause, by)
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
        step = _note(cause, "solve", by=by)
        _index(cause)
        tell_solved(cause, step, by=by)
    return cause


def cause_reopen(*, cause, why, by):
    """Take a matter up again that has come back.

    The problems answered meanwhile keep their answers.
    """
    _require_change(cause, by)
    if not why.strip():
        raise Invalid(errors={"why": [_("Say why.")]})
    _require_words(why)
    if cause.is_open:
        raise Conflict(_("This common cause is open."))
    with transaction.atomic():
        move_state(
            cause, to=CommonCause.State.OPEN, by=by, verb="commoncause.reopen", solved_on=None
        )
        step = _note(cause, "reopen", by=by, why=why.strip())
        tell_reopened(cause, step, by=by)
    return cause


def cause_answer(*, cause, answers, by):
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


def _write_histories(
    cause: CommonCause,
    problems: list[Problem],
    verb: str,
    *,
    by: User,
    why: str,
    at: datetime.datetime,
) -> None:
    """A step in each problem's history, which leaves state and clock alone, and one in the cause's."""
    told = shortened(f"“{cause.title}”\n{why}".strip(), LONGEST_WHY - 1)
    PROBLEMS.note_all(problems, f"{verb}_cause", by=by, at=at, why=told)
    CauseStep.objects.bulk_create(
        CauseStep(
            cause=cause, verb=verb, at=at, by=by, unit_id=by.unit_id, problem=problem, why=why
        )
        for problem in problems
    )
    for problem in problems:
        record(f"problem.{verb}_cause", by=by, target=problem, cause=str(cause.uid))


def _note(cause, verb, *, by, why=""):
    return CauseStep.objects.create(
        cause=cause, verb=verb, at=timezone.now(), by=by, unit_id=by.unit_id, why=why
    )


def _index(cause):
    """Let the cause be found by its words; the newest are shown first."""
    index.index_entry(
        "commoncause",
        cause.pk,
        cause.title,
        cause.description,
        cause.solution,
        rank=cause.founded_on.toordinal(),
    )


def _require_change(cause, by):
    if not may(by, "change", cause):
        raise NotAllowed(
            _("Only who founded or leads the common cause, or manages its lead unit, may do this.")
        )


def _require_usable(cause):
    errors = {}
    if cause.lead_unit_id is not None and cause.lead_unit.closed_on is not None:
        errors["lead_unit"] = [_("This unit is closed.")]
    if cause.lead_officer_id is not None and cause.lead_officer.left_on is not None:
        errors["lead_officer"] = [_("This officer has left.")]
    if errors:
        raise Invalid(errors=errors)


def who_answered(problems):
    """Primary key of each of ``problems`` that was answered → the name of who did it last."""
    steps = ProblemStep.objects.filter(
        problem__in=problems, verb="answer", by__isnull=False
    ).order_by("position")
    return dict(steps.values_list("problem", "by__name"))


def _too_long(result, reply):
    """The errors of an answer's texts that hold more than their columns take."""
    limits = {"result": (result, NOTES_LIMIT), "reply": (reply, 2000)}
    sentence = _("At most %(count)d characters.")
    return {
        name: [sentence % {"count": most}]
        for name, (text, most) in limits.items()
        if len(text) > most
    }


def _require_words(why):
    if len(why) > 2000:
        raise Invalid(errors={"why": [_("At most 2,000 characters.")]})
