"""A row of the table of steps."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model


def whose(sentence: str) -> Callable[[Callable], Callable]:
    """Name in words who a ``who`` function means."""

    def mark(function: Callable) -> Callable:
        function.whose = sentence  # type: ignore[attr-defined]  # functions take attributes
        return function

    return mark


def unguarded(row: Model) -> None:
    """Nothing about a row or the moment forbids a step."""


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    ``to`` is the state it leads to, None where it leaves the state as it is. ``who(user, row)``
    says whether this person may (``whose`` names them in words), ``guard(row)`` returns a sentence
    where the moment or the row forbids it. ``run(row, step=…, by=…, **values)`` takes the values
    named in ``fields``, may fill in the step, which knows why, and returns the columns to write;
    under ``state`` another state than ``to``, under ``follow`` what is called with row and step
    once both are written. ``by_system``: it is taken without a person too.
    """

    name: str
    label: str
    sources: frozenset[str]
    to: str | None
    who: Callable
    run: Callable
    fields: tuple[str, ...] = ()
    needs_why: bool = False
    guard: Callable = unguarded
    icon: str = "arrow-right"
    main: bool = False
    by_system: bool = False

    @property
    def whose(self) -> str:
        return self.who.whose  # type: ignore[attr-defined]  # see whose()
