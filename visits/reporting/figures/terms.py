"""What the words mean with which a problem's way is told, beside the figures that count them: each
defined once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits.models.problems import Pause, Proof, State
from visits.reporting.figures.definitions import OVERDUE as OVERDUE_FIGURE


@dataclass(frozen=True)
class Term:
    """A word and the sentence that says what it means.

    The states and proofs in it are read off the model.
    """

    name: str
    sentence: Callable

    def __str__(self) -> str:
        return f"{self.name}：{self.sentence()}"


def _words(choices, chosen) -> str:
    """Those of ``choices`` that are among ``chosen``, in words and in the model's order."""
    return "、".join(str(choice.label) for choice in choices if choice in chosen)


HANDLED = Term(
    gettext_lazy("Handled"),
    lambda: (
        _(
            "Somebody has answered: the problem is in one of the states %(states)s. Handled is not yet solved."
        )
        % {"states": _words(State, State.HANDLED)}
    ),
)
SOLVED = Term(
    gettext_lazy("Solved"),
    lambda: (
        _("It has ended and there is proof: %(proofs)s.")
        % {"proofs": _words(Proof, set(Proof) - {Proof.NONE})}
    ),
)
IN_TIME = Term(
    gettext_lazy("Handled in time"),
    lambda: _(
        "Answered before the limit's end. The limit is that of the category and urgency, counted from the report; "
        "only a granted extension, a pause and a plan move it, and work that is redone stays on the first limit. "
        "What was answered later is overdue, too."
    ),
)
OVERDUE = Term(OVERDUE_FIGURE.name, lambda: OVERDUE_FIGURE.numerator)
DAYS_LATE = Term(
    gettext_lazy("Days overdue"),
    lambda: _(
        "Working days begun since the limit's end until the answer; where there is none yet, until this was made."
    ),
)
PAUSED = Term(
    gettext_lazy("Paused"),
    lambda: (
        _("The clock stands still for one of these reasons only: %(reasons)s.")
        % {"reasons": _words(Pause, set(Pause))}
    ),
)
RATING = Term(
    gettext_lazy("Rating"),
    lambda: _(
        "What the enterprise itself gave through its own link, from 1 (not satisfied) to 5 (very satisfied); the last one counts."
    ),
)
