"""The table of what leads a problem from one state to the next, and the one way to take such a
step.

Each verb in visits.problems.workflow is a row of the table: its states, who may take it, what
guards it. Pages, API, admin and tasks call the verb; buttons, the API's list of possible steps and
the diagram in docs/ read the table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import Scope
from crm.errors import Conflict, Invalid, NotAllowed
from crm.writing.rows import move_state
from visits.attachments.services import files_take
from visits.models import Problem, ProblemStep, Visit
from visits.models.problems import State
from visits.problems.notifications import tell_step


@dataclass(frozen=True)
class Verb:
    """One row of the table.

    ``to`` is the state it leads to, None where it leaves the state as it is. ``who(user, problem)``
    says whether this person may, ``guard(problem)`` returns a sentence where the moment or the row
    forbids it. ``run(problem, step, by, **values)`` returns the fields to write and may fill in the
    step, which knows why.
    """

    name: str
    label: str
    sources: frozenset
    to: State | None
    who: Callable
    whose: str
    run: Callable
    fields: tuple = ()
    needs_why: bool = False
    guard: Callable = staticmethod(lambda problem: None)
    icon: str = "arrow-right"
    main: bool = False
    by_system: bool = False


#: Name → Verb, in the order of the way.
TABLE = {}


def verb(name, label, *, sources, to, who, **more):
    """Make the decorated function, which works out what a step changes, a row of the table and a
    verb of the house.
    """

    def register(run):
        row = TABLE[name] = Verb(name, label, frozenset(sources), to, who, who.whose, run, **more)

        def act(*, problem, by, why="", **values):
            return take_step(row, problem=problem, by=by, why=why, **values)

        act.__doc__, act.__name__, act.row = run.__doc__, run.__name__, row
        return act

    return register


def obstacle(row, problem, by):
    """The refusal that keeps ``by`` (None: the system) from this step now, or None: buttons and
    verbs ask the same.
    """
    if problem.state not in row.sources:
        label = problem.get_state_display()
        return Conflict(
            _(
                "This cannot be done any more or not yet: the problem is “%(state)s”. Look at it again."
            )
            % {"state": label}
        )
    if not (
        row.by_system
        if by is None
        else by.is_authenticated and by.is_active and row.who(by, problem)
    ):
        return NotAllowed(_("This step is for others: %(whose)s.") % {"whose": row.whose})
    sentence = row.guard(problem)
    return Conflict(sentence) if sentence else None


def possible_steps(problem, by):
    """The rows of the table that ``by`` may take with this problem now."""
    return [row for row in TABLE.values() if by is not None and obstacle(row, problem, by) is None]


def take_step(row, *, problem, by, why="", files=None, shown=(), **values):
    """Take one step: check, move by one conditional UPDATE, write the history.

    Returns the problem as it is now.

    ``files`` is the uid of the form that files were sent for (visits.attachments.services); those
    named in ``shown`` the enterprise may see. Conflict when the problem is in another state or
    somebody was faster, NotAllowed, Invalid with the field's name. Nothing is written unless all
    is.
    """
    if (refusal := obstacle(row, problem, by)) is not None:
        raise refusal
    why = why.strip()
    if row.needs_why and not why:
        raise Invalid(errors={"why": [_("Say why.")]})
    if len(why) > 2000:
        raise Invalid(errors={"why": [_("At most 2,000 characters.")]})
    now, old = timezone.now(), problem.state
    step = ProblemStep(
        problem=problem,
        verb=row.name,
        old_state=old,
        at=now,
        by=by,
        unit_id=by.unit_id if by else None,
        why=why,
    )
    with transaction.atomic():
        changes = row.run(problem, step=step, by=by, **values)
        to = changes.pop("state", row.to or old)
        follow = changes.pop("follow", ())
        changes = clock(problem, to, {"due_at": problem.due_at, **changes})
        move_state(problem, to=to, by=by, verb=f"problem.{row.name}", **changes)
        step.new_state, step.due_at = to, problem.due_at
        write_step(step)
        if files is not None:
            files_take(form_uid=files, problem=problem, step=step, by=by, shown=shown)
        for act in follow:
            act()
        tell_step(problem, step)
        touch_visit(problem)
    return problem


def clock(problem, to, changes):
    """``changes`` with ``overdue_from`` as the state that is led to and a pause demand it: no other
    state stops the clock.
    """
    runs = to in State.LATE_POSSIBLE and changes.get("paused_at", problem.paused_at) is None
    return {**changes, "overdue_from": changes["due_at"] if runs else None}


def write_step(step):
    """Put ``step`` behind the last one of its problem.

    Call after the problem's row has been moved, which locks it.
    """
    last = (
        ProblemStep.objects.filter(problem=step.problem)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    step.position = (last or 0) + 1
    step.save()
    return step


def touch_visit(problem):
    """Let summaries of the visit that reported the problem be superseded."""
    if problem.visit_id:
        Visit.objects.filter(pk=problem.visit_id).update(
            facts_version=F("facts_version") + 1, updated_at=timezone.now()
        )


def whose(sentence):
    """Name in words who a ``who`` function means."""

    def mark(function):
        function.whose = sentence
        return function

    return mark


def manages(user, unit_id):
    """Whether ``user`` answers for the unit: manages it or one above it."""
    return (
        unit_id is not None
        and user.role in Problem.roles_for["change"]
        and unit_id in Scope.of(user).managed_units
    )
