"""The table of one model's steps, and the one way to take such a step."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import Conflict, Invalid, NotAllowed, Refusal
from crm.models import StepBase, User
from crm.workflow.transitions import Transition
from crm.writing.rows import move_state

#: Characters of a step's reason.
LONGEST_WHY = 2000
#: What follows a step: it is called with the row and the step, both as they are written, in the
#: step's own transaction.
Follow = Callable[[Any, Any], object]


@dataclass(frozen=True, eq=False)
class Workflow:
    """How the rows of ``model`` (a noun with a ``state``) travel, each step kept as ``step_model``.

    ``of`` is what a row is called in its steps and by their functions: the name of the foreign key
    and of the argument. ``move`` writes the new state and what changed with it; a feature that has
    columns which follow from the state gives its own, built upon ``move_state``. ``after_step`` is
    what follows every step, in its order.
    """

    model: type[Model]
    step_model: type[StepBase]
    of: str
    move: Callable[..., Model] = move_state
    after_step: tuple[Follow, ...] = ()
    #: Name → Transition, in the order of the way.
    table: dict[str, Transition] = field(default_factory=dict)

    def transition(
        self,
        name: str,
        label: str,
        *,
        sources: Iterable[str],
        to: str | None,
        who: Callable,
        **more: Any,
    ) -> Callable[[Callable], Callable]:
        """Make the decorated function, which works out what a step changes, a row of the table and
        what takes the step: ``step(<of>=row, by=…, why=…, **values)``.
        """

        def register(run: Callable) -> Callable:
            row = self.table[name] = Transition(
                name, label, frozenset(sources), to, who, run, **more
            )

            def act(*, by: User | None, why: str = "", **values: Any) -> Any:
                return self.take(row, values.pop(self.of), by=by, why=why, **values)

            act.__doc__, act.__name__ = run.__doc__, run.__name__
            act.row = row  # type: ignore[attr-defined]  # by which a step's row is found
            return act

        return register

    def obstacle(self, transition: Transition, row: Any, by: User | None) -> Refusal | None:
        """The refusal that keeps ``by`` (None: the system) from this step now, or None: buttons and
        steps ask the same.
        """
        if row.state not in transition.sources:
            return self._out_of_state(row)
        if not _may(transition, row, by):
            sentence = _("This step is for others: %(whose)s.")
            return NotAllowed(sentence % {"whose": transition.whose})
        sentence = transition.guard(row)
        return Conflict(sentence) if sentence else None

    def _out_of_state(self, row: Any) -> Conflict:
        shown = {"noun": self.model._meta.verbose_name, "state": row.get_state_display()}
        return Conflict(
            _(
                "This cannot be done any more or not yet: the %(noun)s is “%(state)s”. Look at it again."
            )
            % shown
        )

    def possible(self, row: Any, by: User | None) -> list[Transition]:
        """The rows of the table that ``by`` may take with this row now."""
        return [
            transition
            for transition in self.table.values()
            if by is not None and self.obstacle(transition, row, by) is None
        ]

    def take(
        self,
        transition: Transition,
        row: Any,
        *,
        by: User | None,
        why: str = "",
        then: Iterable[Follow] = (),
        **values: Any,
    ) -> Any:
        """Take one step: check, move by one conditional UPDATE, write the history.

        Returns the row as it is now.

        ``then`` is what follows this step alone, before what follows every step. Conflict when the
        row is in another state or somebody was faster, NotAllowed, Invalid with the field's name.
        Nothing is written unless all is.
        """
        if (refusal := self.obstacle(transition, row, by)) is not None:
            raise refusal
        step = self.step(row, transition.name, by=by, why=_reason(transition, why))
        with transaction.atomic():
            changes = transition.run(row, step=step, by=by, **values)
            follow = (*then, *changes.pop("follow", ()), *self.after_step)
            step.new_state = changes.pop("state", transition.to or row.state)
            verb = f"{self.model._meta.model_name}.{transition.name}"
            self.move(row, to=step.new_state, by=by, verb=verb, **changes)
            self.write(step)
            for act in follow:
                act(row, step)
        return row

    def step(self, row: Any, verb: str, *, by: User | None, **columns: Any) -> StepBase:
        """An unsaved step that leaves the state of ``row`` as it is."""
        return self.step_model(
            **{
                self.of: row,
                "verb": verb,
                "old_state": row.state,
                "new_state": row.state,
                "at": timezone.now(),
                "by": by,
                "unit_id": by.unit_id if by else None,
                **columns,
            }
        )

    def write(self, step: StepBase) -> StepBase:
        """Put ``step`` behind the last one of its row.

        Call after the row itself has been written, which locks it.
        """
        row = getattr(step, self.of)
        steps = self.step_model._base_manager.filter(**{self.of: row}).order_by("-position")
        step.position = (steps.values_list("position", flat=True).first() or 0) + 1
        step.keep(row)
        step.save()
        return step

    def note(self, row: Any, verb: str, *, by: User, why: str = "") -> StepBase:
        """Write into the history of ``row`` what is no row of the table and leaves the state alone.

        Call in a transaction. Conflict where somebody was faster. What follows such a step, whoever
        notes it says.
        """
        step = self.step(row, verb, by=by, why=why[:LONGEST_WHY])
        holding = self.model._base_manager.filter(pk=row.pk, version=row.version)
        if not holding.update(version=row.version + 1, updated_at=step.at):
            raise Conflict()
        row.version += 1
        return self.write(step)

    def note_all(
        self, rows: list[Any], verb: str, *, by: User, at: datetime.datetime, why: str = ""
    ) -> None:
        """``note`` in the histories of rows that the transaction holds, in three statements
        whatever their number.
        """
        keys = [row.pk for row in rows]
        self.model._base_manager.filter(pk__in=keys).update(version=F("version") + 1, updated_at=at)
        steps = self.step_model._base_manager.filter(**{f"{self.of}__in": keys}).order_by()
        last = dict(steps.values_list(self.of).annotate(last=Max("position")))
        noted = []
        for row in rows:
            row.version += 1
            position = last.get(row.pk, 0) + 1
            step = self.step(row, verb, by=by, at=at, why=why[:LONGEST_WHY], position=position)
            step.keep(row)
            noted.append(step)
        self.step_model._base_manager.bulk_create(noted)


def _may(transition: Transition, row: Any, by: User | None) -> bool:
    """Whether ``by`` is one of those who take this step."""
    if by is None:
        return transition.by_system
    return by.is_authenticated and by.is_active and transition.who(by, row)


def _reason(transition: Transition, why: str) -> str:
    """The reason given for a step; Invalid where it needs one and has none, or says too much."""
    why = why.strip()
    if transition.needs_why and not why:
        raise Invalid(errors={"why": [_("Say why.")]})
    if len(why) > LONGEST_WHY:
        raise Invalid(errors={"why": [_("At most 2,000 characters.")]})
    return why
