"""Problems are joined to a common cause and taken out again."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Conflict, Invalid, Missing, NotAllowed
from crm.writing.audit import record
from visits.causes.history import write_histories
from visits.causes.notifications import tell_joined, tell_left
from visits.models import CauseMember, CommonCause, Problem
from visits.problems.workflow.permissions import dispatcher, lead

#: Problems that are joined at one time, and that are answered with one press.
MOST_AT_ONCE = 100
#: What a problem's row must carry to be joined, told of and answered without a statement of its
#: own.
RELATED = ("enterprise", "dispatch_unit", "lead_unit", "handler", "visit")


def cause_join(*, cause, problems, by, why="") -> Any:
    """Join problems to an open cause; all or nothing. Returns the cause.

    Whoever may change the cause joins what they may see; others who see the cause join what they
    dispatch or handle.
    """
    require_words(why)
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
        join_problems(cause, problems, by=by, why=why.strip(), grown=True)
    cause.refresh_from_db()
    return cause


def joins(user, problem) -> Any:
    """Whether ``user`` may join a problem to a cause that others lead, and take it out again."""
    return dispatcher(user, problem) or lead(user, problem)


def join_problems(cause, problems, *, by, why, grown=False) -> None:
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
    write_histories(cause, rows, "join", by=by, why=why, at=now)
    record("commoncause.join", by=by, target=cause, problems=[str(problem.uid) for problem in rows])
    tell_joined(cause, rows, by=by, grown=grown)


def _require_free(cause, problems) -> None:
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


def cause_leave(*, cause, problem, by, why) -> Any:
    """Take a problem out again, with the reason; returns the cause."""
    if not why.strip():
        raise Invalid(errors={"why": [_("Say why.")]})
    require_words(why)
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
        write_histories(cause, [row], "leave", by=by, why=why.strip(), at=now)
        record("commoncause.leave", by=by, target=cause, problem=str(row.uid))
        tell_left(cause, row, by=by)
    cause.refresh_from_db()
    return cause


def require_words(why) -> None:
    if len(why) > 2000:
        raise Invalid(errors={"why": [_("At most 2,000 characters.")]})
